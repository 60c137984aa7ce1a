import type { OpenCheckpoint, Shard } from '@hie/transparency-log';

/** One log of the chain, as far as whoever reads it has to know. */
export type ShardState = Pick<Shard, 'name' | 'begin' | 'head' | 'proofs'> & Partial<Pick<Shard, 'isDropped'>>;

/** The log at one moment. */
export interface LogState {
  /** Oldest first; there is at least one, and the last takes entries. */
  readonly shards: readonly ShardState[];
}

/** Where an entry stands: positions count over all shards, indexes in one. */
export interface ShardPlace {
  readonly shard: string;
  readonly index: number;
}

/**
 * The log for whoever only reads it, in the sequencer's process and in a replica's alike.
 *
 * An abstract class, because Nest finds what it injects by a value.
 */
export abstract class LogView {
  /** The log as it is now. Rejects while there is none that can be believed. */
  abstract current(): Promise<LogState>;
}

/** The shard that holds a position; for one that no shard holds yet, the last. @throws RangeError where there is no shard. */
export function shardOf(shards: readonly ShardState[], position: number): ShardState {
  const found = shards.findLast(({ begin }) => begin <= position) ?? shards[0];
  if (found === undefined) throw new RangeError('A log has no shard.');
  return found;
}

export function placeOf(shards: readonly ShardState[], position: number): ShardPlace {
  const { name, begin } = shardOf(shards, position);
  return { shard: name, index: position - begin };
}

/** Positions of entries from `begin` up to, and without, `end`. */
export interface PositionRange {
  readonly begin: number;
  readonly end: number;
}

/** Where entries were dropped under retention, oldest first; shards that follow each other are one range. */
export function droppedRanges(shards: readonly Omit<ShardState, 'name' | 'proofs'>[]): readonly PositionRange[] {
  const ranges: PositionRange[] = [];
  for (const { begin, head } of shards.filter(({ isDropped }) => isDropped === true)) {
    const last = ranges.at(-1);
    if (last?.end === begin) ranges[ranges.length - 1] = { begin: last.begin, end: begin + head.size };
    else ranges.push({ begin, end: begin + head.size });
  }
  return ranges;
}

/** How many entries all shards have together. */
export function sizeOf(shards: readonly ShardState[]): number {
  const last = shards.at(-1);
  return last === undefined ? 0 : last.begin + last.head.size;
}

/** The newest head: of the shard that takes entries. @throws RangeError where there is no shard. */
export function headOf(shards: readonly ShardState[]): OpenCheckpoint {
  return shardOf(shards, Infinity).head;
}
