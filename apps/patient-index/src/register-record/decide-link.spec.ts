import type { PersonMatch } from '../identity-store/identity-index.js';
import { decideLink } from './decide-link.js';

const match = (personId: string, verdict: PersonMatch['verdict']): PersonMatch => ({
  personId,
  verdict,
  probability: 0.99,
  recordIds: [],
});

describe('decideLink', () => {
  it('links to the one person whose evidence suffices', () => {
    const search = { matches: [match('a', 'link'), match('b', 'apart')], complete: true };
    expect(decideLink(search)).toEqual({ kind: 'link', personId: 'a', probability: 0.99 });
  });

  it.each([
    ['a rival, however sure the first', [match('a', 'link'), match('b', 'review')], true, 'rival'],
    ['one who is only plausible', [match('a', 'review')], true, 'plausible'],
    ['a search that was cut short', [match('a', 'link')], false, 'cut-short'],
    ['a search that was cut short and found nobody', [], false, 'cut-short'],
  ] as const)('asks somebody about %s', (_name, matches, complete, reason) => {
    expect(decideLink({ matches, complete })).toMatchObject({ kind: 'review', reason });
  });

  it('opens a new person when nobody is plausible', () => {
    expect(decideLink({ matches: [match('a', 'apart')], complete: true })).toEqual({ kind: 'new-person' });
  });
});
