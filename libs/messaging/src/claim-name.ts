import type { Retention } from '@hie/contracts';

/** The broker lets go of whole segments, some time after their messages' time. */
const LONGER_THAN_THE_MESSAGE_MS = 3_600_000;
const NAME = /^(?<until>\d{10}|kept)-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The name of a stored body: the second (POSIX) from which nobody can ask for it any more, then an id.
 *
 * A body is kept as long as its topic keeps the message with the claim, and an hour more. What a compacted topic refers to may be read at any
 * later start, so it is kept. Names that end sooner come first in alphabetical order, which is how S3 lists them.
 */
export function claimName(id: string, retention: Retention, nowMs: number): string {
  if (retention.kind === 'compact') return `kept-${id}`;
  const untilS = Math.ceil((nowMs + retention.retentionMs + LONGER_THAN_THE_MESSAGE_MS) / 1000);
  return `${String(untilS).padStart(10, '0')}-${id}`;
}

export const isClaimName = (name: string): boolean => NAME.test(name);

/** Whether a body's time is over. Not for a name that is no claim's: what lies in the store and is not ours stays. */
export function hasExpired(name: string, nowMs: number): boolean {
  const until = NAME.exec(name)?.groups?.['until'];
  return until !== undefined && until !== 'kept' && Number(until) * 1000 <= nowMs;
}
