import { type AccountState, decideSignIn, isDormant } from './decide-account.js';

const now = new Date('2026-06-01T00:00:00Z');
const daysAgo = (days: number, ms = 0) => new Date(now.getTime() - days * 86_400_000 + ms);
const active: AccountState = { status: 'active', lastActiveAt: daysAgo(1), authenticators: 2 };

describe('decideSignIn', () => {
  it.each<[string, AccountState | undefined, string]>([
    ['an active person with two authenticators', active, 'permit'],
    ['one with three', { ...active, authenticators: 3 }, 'permit'],
    ['one with a single authenticator left', { ...active, authenticators: 1 }, 'enrol'],
    ['one who has just registered the first', { ...active, status: 'invited', authenticators: 1 }, 'enrol'],
    ['nobody', undefined, 'person-unknown'],
    ['a disabled person', { ...active, status: 'disabled' }, 'account-disabled'],
    ['a person away for ninety days (ATTACKS G5)', { ...active, lastActiveAt: daysAgo(90) }, 'account-dormant'],
    [
      'one with a single authenticator, away',
      { ...active, authenticators: 1, lastActiveAt: daysAgo(91) },
      'account-dormant',
    ],
  ])('of %s', (_name, account, expected) => {
    expect(decideSignIn(account, now)).toBe(expected);
  });
});

it('an account is dormant from the ninetieth day on, to the millisecond', () => {
  expect(isDormant(daysAgo(90), now)).toBe(true);
  expect(isDormant(daysAgo(90, 1), now)).toBe(false);
});
