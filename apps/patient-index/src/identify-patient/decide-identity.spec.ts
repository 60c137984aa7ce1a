import type { PersonMatch } from '../identity-store/identity-index.js';
import { trait } from '../identity-store/record-traits.js';
import { decideIdentity, gradeOf } from './decide-identity.js';

const match = (personId: string, verdict: PersonMatch['verdict'], probability = 0.99, traits = 0): PersonMatch => ({
  personId,
  verdict,
  probability,
  recordIds: [],
  traits,
});

describe('decideIdentity', () => {
  it.each([
    ['nobody', [], true, 'none'],
    ['only people it is not', [match('a', 'apart', 0.01)], true, 'none'],
    ['one whose evidence suffices', [match('a', 'link')], true, 'certain'],
    ['one, and another it is not', [match('a', 'link'), match('b', 'apart', 0.01)], true, 'certain'],
    ['two whose evidence suffices', [match('a', 'link', 0.9999), match('b', 'link', 0.96)], true, 'ambiguous'],
    ['one, with a rival a reviewer would look at', [match('a', 'link'), match('b', 'review', 0.2)], true, 'ambiguous'],
    ['one that is only plausible', [match('a', 'review', 0.8)], true, 'ambiguous'],
    ['one, in a search that was cut short', [match('a', 'link')], false, 'ambiguous'],
    ['a stand-in for somebody unknown', [match('a', 'link', 0.99, trait.temporary)], true, 'ambiguous'],
    ['somebody who has died', [match('a', 'link', 0.99, trait.deceased)], true, 'certain'],
    ['nobody, in a search that was cut short', [], false, 'ambiguous'],
  ] as const)('%s', (_name, matches, complete, outcome) => {
    expect(decideIdentity({ matches, complete }).outcome).toBe(outcome);
  });
});

describe('gradeOf', () => {
  it('calls nobody certain but the one decided to be', () => {
    expect(gradeOf(match('a', 'link', 0.999), false)).toBe('probable');
    expect(gradeOf(match('a', 'link', 0.999), true)).toBe('certain');
    expect(gradeOf(match('a', 'review', 0.3), false)).toBe('possible');
  });
});
