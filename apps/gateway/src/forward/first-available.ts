import { OwnerProblem } from './owner-problem.js';

/** An owner that starts, or has lost what it needs. */
const UNAVAILABLE = 503;

/**
 * Asks one after the other, until one is there to answer; what the last one says is the answer, whatever it is.
 *
 * A refusal is an answer. Only for what may be asked twice: one that broke off may have done it.
 */
export async function firstAvailable<T extends { readonly status: number }>(
  ways: readonly [() => Promise<T>, ...(() => Promise<T>)[]],
): Promise<T> {
  const [ask, ...others] = ways;
  const [next, ...rest] = others;
  if (next === undefined) return ask();
  const answer = await ask().catch((error: unknown) => {
    if (error instanceof OwnerProblem && error.status !== UNAVAILABLE) throw error;
    return undefined;
  });
  if (answer !== undefined && answer.status !== UNAVAILABLE) return answer;
  return firstAvailable([next, ...rest]);
}
