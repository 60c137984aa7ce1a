import type { PersonMatch } from '../identity-store/identity-index.js';
import { trait } from '../identity-store/record-traits.js';
import { decideLink } from './decide-link.js';

const match = (personId: string, verdict: PersonMatch['verdict'], traits = 0): PersonMatch => ({
  personId,
  verdict,
  probability: 0.99,
  recordIds: [],
  traits,
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

  it.each([
    ['a stand-in for somebody unknown', trait.temporary, 0, 'temporary-identity'],
    ['somebody who fits a stand-in', 0, trait.temporary, 'temporary-identity'],
    ['a child without a name', trait.newborn, 0, 'newborn'],
    ['somebody who fits a child without a name', 0, trait.newborn, 'newborn'],
    ['a living patient who fits a dead one', 0, trait.deceased, 'deceased'],
  ])('never links %s, however sure it is', (_name, own, others, reason) => {
    expect(decideLink({ matches: [match('a', 'link', others)], complete: true }, own)).toMatchObject({ reason });
  });

  it('links what is told of the dead to the dead, and to whom others have not told of it', () => {
    const to = (traits: number) => ({ matches: [match('a', 'link', traits)], complete: true });
    expect(decideLink(to(trait.deceased), trait.deceased).kind).toBe('link');
    expect(decideLink(to(0), trait.deceased).kind).toBe('link');
  });

  it('opens a new person when nobody is plausible', () => {
    expect(decideLink({ matches: [match('a', 'apart')], complete: true })).toEqual({ kind: 'new-person' });
  });
});
