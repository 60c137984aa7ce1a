/** One life of a supervised process. Times in milliseconds on one clock. */
export interface Life {
  /** When it answered that it was ready; absent when it never did. */
  readonly readyAtMs?: number;
  readonly endedAtMs: number;
}

export interface RestartPolicy {
  /** A life that was ready for less than this is a short one. */
  readonly steadyMs: number;
  /** The wait after the third short life in a row; it doubles from there. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** So many short lives in a row, and it is left down. */
  readonly shortLives: number;
}

export type RestartDecision =
  { readonly kind: 'restart'; readonly delayMs: number } | { readonly kind: 'give-up'; readonly shortLives: number };

/** At once, at once, then 250 ms, 500 ms, 1 s, 2 s: eight short lives are given up on after some four seconds of waiting. */
export const restartPolicy: RestartPolicy = {
  steadyMs: 10_000,
  firstDelayMs: 250,
  longestDelayMs: 5_000,
  shortLives: 8,
};

/**
 * Whether a process that ended is started again, and after how long.
 *
 * A process that ran well is started again at once, because a standby waits for it; one that ends again and again is
 * given ever more time, and at last left down, because a loop of restarts hides its reason and takes the machine.
 *
 * @param lives the lives so far, oldest first, the one that just ended last.
 */
export function decideRestart(lives: readonly Life[], policy: RestartPolicy = restartPolicy): RestartDecision {
  const steady = lives.findLastIndex((life) => !isShort(life, policy));
  const shortLives = lives.length - 1 - steady;
  if (shortLives >= policy.shortLives) return { kind: 'give-up', shortLives };
  const delayMs = shortLives < 3 ? 0 : policy.firstDelayMs * 2 ** (shortLives - 3);
  return { kind: 'restart', delayMs: Math.min(delayMs, policy.longestDelayMs) };
}

function isShort({ readyAtMs, endedAtMs }: Life, { steadyMs }: RestartPolicy): boolean {
  return readyAtMs === undefined || endedAtMs - readyAtMs < steadyMs;
}
