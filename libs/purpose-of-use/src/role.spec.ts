import { purposes } from './purpose.js';
import { isRole, personScopes, rightsFor, roles } from './role.js';

describe('rightsFor', () => {
  it.each([
    ['a clinician who treats', ['clinician'], 'TREAT', ['clinician'], ['user/*.rs']],
    ['a clinician who breaks the glass', ['clinician'], 'BTG', ['clinician'], ['user/*.rs']],
    ['a clinician for payment', ['clinician'], 'HPAYMT', [], []],
    ['a registrar who would break the glass', ['registrar'], 'BTG', [], []],
    ['a compliance officer who would treat', ['compliance-officer'], 'TREAT', [], []],
    // One purpose, and only its roles' scopes: the ledger is not read under a treatment token.
    ['somebody who is both, treating', ['clinician', 'compliance-officer'], 'TREAT', ['clinician'], ['user/*.rs']],
    [
      'somebody who is both, reviewing',
      ['clinician', 'compliance-officer'],
      'HCOMPL',
      ['compliance-officer'],
      [
        'exchange/participants.read',
        'exchange/ledger.read',
        'exchange/ledger.review',
        'exchange/notices.read',
        'exchange/ledger.erase',
        'exchange/ledger.disclose',
      ],
    ],
  ] as const)('of %s', (_name, held, purpose, serving, scopes) => {
    expect(rightsFor(held, purpose)).toEqual({ roles: serving, scopes });
  });

  it('lets one role alone break the glass, and gives nobody a machine’s scopes', () => {
    expect(roles.filter((role) => rightsFor([role], 'BTG').roles.length > 0)).toEqual(['clinician']);
    expect(personScopes.filter((scope) => scope.startsWith('system/'))).toEqual([]);
  });

  it('has no role for every purpose', () => {
    expect(roles.filter((role) => purposes.every((purpose) => rightsFor([role], purpose).roles.length > 0))).toEqual(
      [],
    );
  });
});

it.each([
  ['clinician', true],
  ['Clinician', false],
  ['__proto__', false],
  [undefined, false],
])('isRole(%j) is %s', (text, expected) => {
  expect(isRole(text)).toBe(expected);
});
