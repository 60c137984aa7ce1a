/**
 * Persons and into whom each was merged.
 *
 * A merge moves no record: it makes a person redirect to a survivor, for ever or until it is taken back. So taking back is exact in
 * whatever order merges are taken back, and a record linked meanwhile stays with whom it was linked to (docs/adr/0190).
 */
export interface PersonForest {
  readonly has: (personId: string) => boolean;
  /** `undefined` for a person that stands for itself. */
  readonly survivorOf: (personId: string) => string | undefined;
}

/** Whom an id stands for today: chains are followed to their end. */
export function rootOf(forest: Pick<PersonForest, 'survivorOf'>, personId: string): string {
  let current = personId;
  for (let next = forest.survivorOf(current); next !== undefined; next = forest.survivorOf(current)) current = next;
  return current;
}

/** Why a merge or its taking back is not done; a stable code each. */
export type ForestFault = 'person-unknown' | 'person-merged' | 'not-merged' | 'same-person';

/**
 * Whether a person may be merged into another. Both must stand for themselves: who means the survivor of an earlier merge says so.
 *
 * @returns the fault, or `undefined` for none.
 */
export function faultOfMerge(forest: PersonForest, personId: string, survivorId: string): ForestFault | undefined {
  if (personId === survivorId) return 'same-person';
  if (!forest.has(personId) || !forest.has(survivorId)) return 'person-unknown';
  const isMerged = [personId, survivorId].some((each) => forest.survivorOf(each) !== undefined);
  return isMerged ? 'person-merged' : undefined;
}

/** Whether there is a merge to take back. @returns the fault, or `undefined` for none. */
export function faultOfUnmerge(forest: PersonForest, personId: string): ForestFault | undefined {
  if (!forest.has(personId)) return 'person-unknown';
  return forest.survivorOf(personId) === undefined ? 'not-merged' : undefined;
}
