import {
  CHECKPOINT_PATH,
  type LogReader,
  type OpenCheckpoint,
  TransparencyLogError,
  type Trust,
  openCheckpoint,
  vouchedAt,
} from '@hie/transparency-log';

/** When the ledger was last vouched for, and whether that is too long ago. */
export interface Freshness {
  /** When a quorum of the witnesses had vouched for the published checkpoint, by their clocks; absent when it has not been seen yet. */
  readonly vouchedAt?: Date;
  /** Where that was. */
  readonly shard?: string;
  readonly size?: number;
  readonly isStale: boolean;
}

/** How many intervals may go by without the witnesses' word. */
const INTERVALS = 2;

/**
 * Whether a ledger stands still. The sequencer has the witnesses vouch for its head anew in every interval, grown or not; whoever keeps a
 * newer state back, or stops the sequencer, can't make their clocks stand still.
 *
 * @param vouchedAtMs when they did last; the start of whoever looks where they have not been seen to.
 */
export const isStale = (vouchedAtMs: number, nowMs: number, intervalMs: number): boolean =>
  nowMs - vouchedAtMs > INTERVALS * intervalMs;

/** When the last witness that the quorum needs had cosigned, ms since the epoch; `undefined` when fewer have. */
export function vouchedAtMs({ cosigners }: Pick<OpenCheckpoint, 'cosigners'>, quorum: number): number | undefined {
  const seconds = vouchedAt(cosigners, quorum);
  return seconds === undefined ? undefined : seconds * 1_000;
}

/**
 * The published checkpoint of a shard under its witnesses.
 *
 * @returns `undefined` where there is none yet, or no quorum has vouched for it: a shard that has just been begun.
 */
export async function readVouched(reader: LogReader, trust: Trust): Promise<OpenCheckpoint | undefined> {
  const raw = await reader.read(CHECKPOINT_PATH);
  if (raw === undefined) return undefined;
  try {
    return openCheckpoint(raw, trust);
  } catch (error) {
    if (error instanceof TransparencyLogError && error.code === 'quorum-missing') return undefined;
    throw error;
  }
}
