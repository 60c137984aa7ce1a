const FIRST_MS = 30_000;
const LONGEST_MS = 3_600_000;
const REMINDER_MS = 24 * 3_600_000;

/**
 * How long until a notice that nobody has acknowledged is sent again, ms: after a failure 30 s, doubled each time up to an hour; after
 * a delivery a day.
 *
 * @param attempts how often it was sent, this time included.
 */
export function nextAttemptMs(attempts: number, isDelivered: boolean): number {
  if (isDelivered) return REMINDER_MS;
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, attempts - 1));
}
