/** The least that lets five hops and a member answer, and the most that a connection is kept waiting, ms. */
const SHORTEST_MS = 100;
const LONGEST_MS = 30_000;

/** The headers under which a caller states its deadline; the first is the documented one. */
const headers = ['deadlinems', 'deadline-ms', 'x-deadline-ms'] as const;

/**
 * Reads how long a caller can wait, ms.
 *
 * @returns `undefined` when the header is no whole number of milliseconds within the limits: a deadline that is guessed is none.
 */
export function readDeadlineMs(
  given: Readonly<Record<string, string | string[] | undefined>>,
  byDefaultMs: number,
): number | undefined {
  const text = headers.map((name) => given[name]).find((value) => value !== undefined);
  if (text === undefined) return byDefaultMs;
  if (typeof text !== 'string' || !/^\d{1,6}$/.test(text.trim())) return undefined;
  const deadlineMs = Number(text);
  return deadlineMs >= SHORTEST_MS && deadlineMs <= LONGEST_MS ? deadlineMs : undefined;
}
