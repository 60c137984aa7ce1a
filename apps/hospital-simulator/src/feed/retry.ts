/** Tries of one request altogether. */
export const MAX_TRIES = 8;

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;

/** Whether a status says: the same again, later. */
export function isWorthRetrying(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

/**
 * How long to wait before try number `next` (2 is the first repetition): what the server asked for with Retry-After (seconds or an HTTP
 * date, RFC 9110 section 10.2.3), else doubling from a quarter of a second with up to half of it at random, so that members do not
 * come back in step. Never more than 30 seconds.
 *
 * @param random a fraction in [0, 1).
 */
export function waitMs(next: number, retryAfter: string | undefined, nowMs: number, random: number): number {
  const asked = retryAfterMs(retryAfter, nowMs);
  const backoff = FIRST_WAIT_MS * 2 ** Math.max(0, next - 2) * (1 + random / 2);
  return Math.min(LONGEST_WAIT_MS, Math.max(0, asked ?? backoff));
}

function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : date - nowMs;
}
