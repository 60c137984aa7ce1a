/** What an entry of a query's way says of itself, and of what it rests on. */
export interface ChainEntry {
  readonly index: number;
  readonly txn: string;
  readonly action: string;
  /** Digests of hop seals: the one its hop was given first, where it was given one, then those it gave away. */
  readonly seals: readonly string[];
}

/** Something that happened and is not in the ledger: an entry that is there rests on it. */
export interface Gap {
  readonly txn: string;
  /** The entry that rests on it. */
  readonly index: number;
  /** What it did, and who should have told the ledger. */
  readonly missing: string;
  readonly service: string;
}

interface Step {
  readonly action: string;
  readonly service: string;
}

/** The way of a query, and who tells of each step. */
const way: readonly Step[] = [
  { action: 'query.requested', service: 'gateway' },
  { action: 'patient.identified', service: 'patient-index' },
  { action: 'disclosure.decided', service: 'consent' },
  { action: 'records.located', service: 'record-locator' },
  { action: 'answer.assembled', service: 'document-query' },
];

/** Actions of which each rests on the one before. */
export const chainActions: readonly string[] = way.map(({ action }) => action);

const before = new Map(way.slice(1).map(({ action }, at) => [action, way[at] as Step]));

/**
 * Finds what must have happened and was not told.
 *
 * Each hop writes into its entry the seal of the message it acted on and the seals of those it sent. So the seal that an entry rests on
 * stands among those that an entry of the hop before gave away; where it does not, that entry was suppressed, or the message came from
 * somebody who tells the ledger nothing. The last entry of a query has nobody after it: it is missed by its receipt, without which
 * nothing is released.
 *
 * @param entries all entries of these actions, of each transaction among them.
 * @returns one gap for each step of a transaction.
 */
export function findGaps(entries: readonly ChainEntry[]): readonly Gap[] {
  const given = new Set<string>();
  for (const { txn, action, seals } of entries) {
    const own = before.has(action) ? seals.slice(1) : seals;
    for (const seal of own) given.add(place(txn, action, seal));
  }
  const gaps = new Map<string, Gap>();
  for (const { index, txn, action, seals } of entries) {
    const step = before.get(action);
    if (step === undefined || given.has(place(txn, step.action, seals[0] ?? ''))) continue;
    const key = `${txn} ${step.action}`;
    if (!gaps.has(key)) gaps.set(key, { txn, index, missing: step.action, service: step.service });
  }
  return [...gaps.values()];
}

const place = (txn: string, action: string, seal: string): string => `${txn} ${action} ${seal}`;
