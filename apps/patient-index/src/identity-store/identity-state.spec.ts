import * as fc from 'fast-check';

import type { IdentityEvent, LinkDetails } from './identity-event.js';
import { type IdentityState, forestOf, ownerIn, pointersIn, reduceIdentity, replayIdentity } from './identity-state.js';
import { faultOfMerge, faultOfUnmerge, rootOf } from './person-forest.js';

const link: LinkDetails = {
  by: 'match',
  modelVersion: 'm-1',
  thresholds: { linkAtSum: 3, vetoBelow: 0.01, reviewAtMean: -3 },
};
const linked = (recordId: string, personId: string): IdentityEvent => ({
  kind: 'linked',
  recordId,
  personId,
  details: link,
});
const unlinked = (recordId: string, personId: string): IdentityEvent => ({
  kind: 'unlinked',
  recordId,
  personId,
  details: { by: 'steward', reason: 'r' },
});
const registered = (recordId: string, personId: string): IdentityEvent[] => [
  { kind: 'record-registered', recordId, personId, details: { memberId: 'mercy' } },
  linked(recordId, personId),
];
const merged = (personId: string, survivorId: string): IdentityEvent => ({
  kind: 'merged',
  recordId: null,
  personId,
  details: { survivorId, reviewId: 'r', proposedBy: 'a', approvedBy: 'b', reason: 'r' },
});
const unmerged = (personId: string, survivorId: string): IdentityEvent => ({
  kind: 'unmerged',
  recordId: null,
  personId,
  details: { survivorId, by: 'a', reason: 'r' },
});

const PEOPLE = 6;
const people = Array.from({ length: PEOPLE }, (_, at) => `p${at}`);
/** Six people, two records each. */
const region = replayIdentity(
  people.flatMap((personId) => [...registered(`${personId}-a`, personId), ...registered(`${personId}-b`, personId)]),
);

/** What others see: whose each record is, whom each id stands for, and the records each person's answer is made of. */
function seen(state: IdentityState) {
  const forest = forestOf(state);
  const roots = new Map(people.map((personId) => [personId, rootOf(forest, personId)]));
  const found = (personId: string) =>
    [...pointersIn(state)]
      .filter(([, at]) => at !== undefined && roots.get(at) === roots.get(personId))
      .map(([id]) => id);
  return {
    roots,
    owners: new Map([...state.records.keys()].map((recordId) => [recordId, ownerIn(state, recordId)])),
    pointers: pointersIn(state),
    answers: new Map(people.map((personId) => [personId, found(personId).sort()])),
  };
}

const person = fc.nat(PEOPLE - 1).map((at) => people[at] ?? 'p0');
describe('any merges', () => {
  it('leave the other merges alone when one is taken back, in whatever order', () => {
    const merges = fc.array(fc.tuple(person, person), { maxLength: 8, size: 'max' });
    fc.assert(
      fc.property(merges, fc.infiniteStream(fc.nat()), (pairs, order) => {
        let state = region;
        for (const [from, to] of pairs) {
          if (faultOfMerge(forestOf(state), from, to) === undefined) state = reduceIdentity(state, merged(from, to));
        }
        const standing = () => people.filter((each) => faultOfUnmerge(forestOf(state), each) === undefined);
        for (let left = standing(); left.length > 0; left = standing()) {
          const chosen = left[(order.next().value as number) % left.length] ?? '';
          const before = state;
          state = reduceIdentity(state, unmerged(chosen, state.persons.get(chosen)?.survivorId ?? ''));
          for (const other of left.filter((each) => each !== chosen)) {
            expect(state.persons.get(other)).toEqual(before.persons.get(other));
          }
        }
        expect(seen(state)).toEqual(seen(region));
      }),
      { numRuns: 200 },
    );
  });
});

describe(reduceIdentity.name, () => {
  it('changes nothing of the state it is given', () => {
    const before = structuredClone(region);
    reduceIdentity(region, merged('p0', 'p1'));
    reduceIdentity(region, linked('p0-a', 'p5'));
    expect(region).toEqual(before);
  });

  it('follows chains of merges, and gives an answer all their records', () => {
    const state = [merged('p0', 'p1'), merged('p1', 'p2')].reduce(reduceIdentity, region);
    expect(ownerIn(state, 'p0-a')).toBe('p2');
    expect(seen(state).answers.get('p0')).toEqual(['p0-a', 'p0-b', 'p1-a', 'p1-b', 'p2-a', 'p2-b']);
  });

  it('keeps with the survivor what was linked to it meanwhile', () => {
    const during = [merged('p0', 'p1'), ...registered('new', 'p1')].reduce(reduceIdentity, region);
    const after = reduceIdentity(during, unmerged('p0', 'p1'));
    expect([ownerIn(after, 'new'), ownerIn(after, 'p0-a')]).toEqual(['p1', 'p0']);
  });

  it.each<[string, readonly IdentityEvent[]]>([
    ['a person merged into itself by a chain', [merged('p0', 'p1'), merged('p1', 'p0')]],
    ['a stranger merged', [merged('nobody', 'p1')]],
    ['a merge taken back that did not stand', [unmerged('p0', 'p1')]],
    ['a record unlinked from another', [unlinked('p0-a', 'p1')]],
    ['an unknown record linked', [linked('nothing', 'p1')]],
  ])('refuses %s', (_name, events) => {
    expect(() => replayIdentity(events, region)).toThrow(RangeError);
  });

  it('closes a review once', () => {
    const opened: IdentityEvent = {
      kind: 'review-opened',
      recordId: 'p0-a',
      personId: 'p0',
      details: { reviewId: 'r', subject: 'link', reason: 'rival', candidates: [], modelVersion: 'm-1' },
    };
    const decided = (stage: 'proposed' | 'final', by: string): IdentityEvent => ({
      kind: 'review-decided',
      recordId: 'p0-a',
      personId: 'p0',
      details: { reviewId: 'r', verdict: 'same', personId: 'p1', by, reason: 'seen', stage },
    });
    const proposed = replayIdentity([opened, decided('proposed', 'ada')], region);
    expect(proposed.reviews.get('r')).toMatchObject({ status: 'proposed', word: { by: 'ada' } });
    const final = reduceIdentity(proposed, decided('final', 'bo'));
    expect(final.reviews.get('r')).toMatchObject({ status: 'decided', word: { by: 'bo', personId: 'p1' } });
    expect(() => reduceIdentity(final, decided('final', 'cy'))).toThrow(RangeError);
  });
});
