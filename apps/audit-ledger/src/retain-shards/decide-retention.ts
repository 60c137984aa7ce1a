/**
 * The least that is kept, in years after a shard's last entry: documentation is kept for six years (45 CFR 164.316(b)(2)(i)), and a patient may
 * ask for the disclosures of the last six (45 CFR 164.528(a)(1)).
 */
export const LEAST_YEARS = 6;

/** What is known of a shard. */
export interface ShardFacts {
  readonly name: string;
  /** Whether it ends with its closing entry, and a later shard goes on from it. */
  readonly isClosed: boolean;
  /** Whether a quorum of witnesses has vouched for its end, and that is published. */
  readonly isCosigned: boolean;
  readonly isDropped: boolean;
  /** When the latest of its entries happened, ms since the epoch. */
  readonly lastAtMs: number;
  /** How many of its entries the projection lacks: without them nobody knows whom a hold would stand on. */
  readonly missingRows: number;
  /** Entries about patients who are under a legal hold. */
  readonly heldEntries: number;
  /** Transactions with entries in it whose review is open. */
  readonly openCases: number;
}

/** Why a shard stays. */
export type KeptBecause =
  | 'shard-open'
  | 'newest-closed-shard'
  | 'not-cosigned'
  | 'within-retention'
  | 'rows-missing'
  | 'legal-hold'
  | 'case-open';

/** What may become of a shard. */
export interface RetentionDecision {
  readonly name: string;
  readonly state: 'dropped' | 'droppable' | 'kept';
  /** Every reason, not the first alone: whoever lifts one sees what is left. */
  readonly because: readonly KeptBecause[];
  /** When its period ends, ms since the epoch: from then on it may be dropped. */
  readonly periodEndsMs: number;
}

/**
 * Decides which shards may be dropped.
 *
 * @param shards all of the chain, oldest first. @param years at least {@link LEAST_YEARS}.
 * @throws RangeError for a shorter period.
 */
export function decideRetention(
  shards: readonly ShardFacts[],
  { nowMs, years }: { readonly nowMs: number; readonly years: number },
): readonly RetentionDecision[] {
  if (!Number.isInteger(years) || years < LEAST_YEARS) throw new RangeError('shorter than what must be kept');
  const newestClosed = shards.findLast(({ isClosed }) => isClosed)?.name;
  return shards.map((shard) => {
    const { name } = shard;
    const periodEndsMs = yearsAfter(shard.lastAtMs, years);
    if (shard.isDropped) return { name, state: 'dropped', because: [], periodEndsMs };
    const reasons: readonly [boolean, KeptBecause][] = [
      [!shard.isClosed, 'shard-open'],
      // Its hand-over may have to be finished from it.
      [name === newestClosed, 'newest-closed-shard'],
      [!shard.isCosigned, 'not-cosigned'],
      [nowMs < periodEndsMs, 'within-retention'],
      [shard.missingRows !== 0, 'rows-missing'],
      [shard.heldEntries > 0, 'legal-hold'],
      [shard.openCases > 0, 'case-open'],
    ];
    const because = reasons.flatMap(([stays, reason]) => (stays ? [reason] : []));
    return { name, state: because.length === 0 ? 'droppable' : 'kept', because, periodEndsMs };
  });
}

/** The same moment so many years later, UTC; of a 29 February in a year that has none, 1 March: never earlier. */
export function yearsAfter(atMs: number, years: number): number {
  const at = new Date(atMs);
  return at.setUTCFullYear(at.getUTCFullYear() + years);
}
