// The index follows merges, moves and their taking back as the events say (`reduceIdentity`).
import * as fc from 'fast-check';

import type { IdentityEvent } from './identity-event.js';
import { IdentityIndex } from './identity-index.js';
import { type IdentityState, forestOf, ownerIn, reduceIdentity, replayIdentity } from './identity-state.js';
import { uuidOf } from './named-uuid.fixture.js';
import { faultOfMerge, faultOfUnmerge } from './person-forest.js';

const people = ['p0', 'p1', 'p2', 'p3', 'p4'].map(uuidOf);
const homes = new Map(
  people.flatMap((personId) => ['a', 'b'].map((each) => [uuidOf(personId + each), personId] as const)),
);
const recordIds = [...homes.keys()];
const basis = { modelVersion: 'm-1', thresholds: { linkAtSum: 3, vetoBelow: 0.01, reviewAtMean: -3 } };
const homeOf = (recordId: string): string => homes.get(recordId) ?? '';
const linked = (recordId: string, personId: string): IdentityEvent => ({
  kind: 'linked',
  recordId,
  personId,
  details: { by: 'match', ...basis },
});

function start() {
  const index = new IdentityIndex({ REGION_POPULATION: 1_000_000 });
  recordIds.forEach((recordId) => index.insert(recordId, homeOf(recordId), {}));
  const state = replayIdentity(
    recordIds.flatMap((recordId): IdentityEvent[] => [
      { kind: 'record-registered', recordId, personId: homeOf(recordId), details: { memberId: 'mercy' } },
      linked(recordId, homeOf(recordId)),
    ]),
  );
  return { index, state };
}

const person = fc.constantFrom(...people);
const step = fc.oneof(
  fc.record({ kind: fc.constant('merge' as const), of: person, into: person }),
  fc.record({ kind: fc.constant('unmerge' as const), of: person }),
  fc.record({ kind: fc.constant('move' as const), of: fc.constantFrom(...recordIds), into: person }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** One step in both, where it may be done. @returns the state after it. */
function take(index: IdentityIndex, state: IdentityState, taken: Step): IdentityState {
  const words = { by: 'ada', reason: 'r' };
  if (taken.kind === 'move') {
    const from = state.records.get(taken.of)?.personId ?? '';
    index.relink(taken.of, taken.into);
    const unlinked: IdentityEvent = { kind: 'unlinked', recordId: taken.of, personId: from, details: words };
    return [unlinked, linked(taken.of, taken.into)].reduce(reduceIdentity, state);
  }
  const about = { recordId: null, personId: taken.of };
  if (taken.kind === 'merge') {
    expect(faultOfMerge(index, taken.of, taken.into)).toBe(faultOfMerge(forestOf(state), taken.of, taken.into));
    if (faultOfMerge(index, taken.of, taken.into) !== undefined) return state;
    index.redirect(taken.of, taken.into);
    const agreed = { survivorId: taken.into, reviewId: 'r', proposedBy: 'a', approvedBy: 'b', reason: 'r' };
    return reduceIdentity(state, { kind: 'merged', ...about, details: agreed });
  }
  expect(faultOfUnmerge(index, taken.of)).toBe(faultOfUnmerge(forestOf(state), taken.of));
  if (faultOfUnmerge(index, taken.of) !== undefined) return state;
  const survivorId = index.survivorOf(taken.of) ?? '';
  index.separate(taken.of);
  return reduceIdentity(state, { kind: 'unmerged', ...about, details: { survivorId, ...words } });
}

it('an index agrees with the events after any merges, moves and takings back', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 14, size: 'max' }), (steps) => {
      const { index, state: before } = start();
      let state = before;
      for (const taken of steps) {
        state = take(index, state, taken);
        for (const recordId of recordIds) expect(index.personOf(recordId)).toBe(ownerIn(state, recordId));
      }
      for (const personId of people) {
        const resolved = index.resolve(personId);
        const own = recordIds.filter((recordId) => ownerIn(state, recordId) === resolved?.personId);
        // An answer is made of the pointers under all its ids, but for records taken off: exactly the person's records.
        const ids = [resolved?.personId ?? '', ...(resolved?.formerPersonIds ?? [])];
        const pointers = recordIds.filter((recordId) => ids.includes(state.records.get(recordId)?.personId ?? ''));
        const answered = pointers.filter((recordId) => !resolved?.formerRecordIds.includes(recordId));
        expect(answered).toEqual(own);
      }
    }),
    { numRuns: 60 },
  );
});
