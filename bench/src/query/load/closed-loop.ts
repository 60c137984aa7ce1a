import { setTimeout as pause } from 'node:timers/promises';

/** A refusal comes at once; a loop without a pause would then measure refusals. */
const PAUSE_AFTER_FAILURE_MS = 10;
const ANSWERS_PER_WORKER = 2;
const LONGEST = 6;

/** One answer: what it came to, and what was seen in it. */
export interface Asked {
  /** Absent when it was answered. */
  readonly failure?: string;
  readonly inspection?: { readonly whole: boolean; readonly namesMissing: boolean };
}

export interface LoopResult {
  readonly latenciesMs: readonly number[];
  readonly elapsedMs: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly inspected: number;
  readonly whole: number;
  readonly namingMissing: number;
}

/**
 * Keeps so many questions in flight for a time: each is followed by the next as soon as it is answered.
 *
 * Counted is what was answered within the time, so that the last ones, which run with ever fewer beside them, do not flatter. On a
 * machine so slow that too few were, the time is longer: until each worker has had two answers, six times as long at most.
 */
export async function closedLoop(ask: () => Promise<Asked>, inFlight: number, forMs: number): Promise<LoopResult> {
  const latenciesMs: number[] = [];
  const failures: Record<string, number> = {};
  let inspected = 0;
  let whole = 0;
  let namingMissing = 0;
  const startedAt = performance.now();
  let elapsedMs = 0;
  let lastAnswerMs = 0;
  const isOver = (now: number): boolean => {
    if (elapsedMs > 0) return true;
    const sinceMs = now - startedAt;
    const isEnough = latenciesMs.length >= ANSWERS_PER_WORKER * inFlight;
    if (sinceMs >= (isEnough ? forMs : forMs * LONGEST)) elapsedMs = Math.max(forMs, lastAnswerMs);
    return elapsedMs > 0;
  };
  const worker = async (): Promise<void> => {
    for (;;) {
      const askedAt = performance.now();
      if (isOver(askedAt)) return;
      const { failure, inspection } = await ask();
      const now = performance.now();
      if (isOver(now)) return;
      if (failure !== undefined) {
        failures[failure] = (failures[failure] ?? 0) + 1;
        await pause(PAUSE_AFTER_FAILURE_MS);
        continue;
      }
      latenciesMs.push(now - askedAt);
      lastAnswerMs = now - startedAt;
      if (inspection === undefined) continue;
      inspected += 1;
      if (inspection.whole) whole += 1;
      if (inspection.namesMissing) namingMissing += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { latenciesMs, elapsedMs, failures, inspected, whole, namingMissing };
}
