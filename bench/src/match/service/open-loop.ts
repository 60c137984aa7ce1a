import { setTimeout as pause } from 'node:timers/promises';

/** One message to be sent, and the name under which its answer is heard. */
export interface Sendable {
  readonly id: string;
  readonly send: () => Promise<void>;
}

export interface OpenLoop {
  readonly perSecond: number;
  readonly seconds: number;
  /** Makes the next message, shortly before it is due. */
  readonly prepare: (at: number) => Promise<Sendable>;
  /** When each answer was heard, on the clock of `performance.now()`. */
  readonly heardAt: ReadonlyMap<string, number>;
}

export interface LoopTimes {
  /** From the moment each was due until its answer was heard, ms. */
  readonly timesMs: readonly number[];
  /** How many were never answered. */
  readonly unanswered: number;
}

/** After the last was sent, so long its answer is waited for. */
const PATIENCE_MS = 15_000;

/**
 * Sends at a steady rate, whatever the answers do. A time counts from the moment at which its message was due, so that what waits behind a
 * slow one is not left out (Tene's coordinated omission).
 */
export async function openLoop({ perSecond, seconds, prepare, heardAt }: OpenLoop): Promise<LoopTimes> {
  const everyMs = 1_000 / perSecond;
  const due = new Map<string, number>();
  const sending: Promise<void>[] = [];
  const began = performance.now() + 100;
  for (let at = 0; at < perSecond * seconds; at += 1) {
    const { id, send } = await prepare(at);
    const dueAt = began + at * everyMs;
    const early = dueAt - performance.now();
    if (early > 0) await pause(early);
    due.set(id, dueAt);
    sending.push(send());
  }
  await Promise.all(sending);
  const until = performance.now() + PATIENCE_MS;
  while ([...due.keys()].some((id) => !heardAt.has(id)) && performance.now() < until) await pause(20);
  const timesMs = [...due].flatMap(([id, dueAt]) => {
    const heard = heardAt.get(id);
    return heard === undefined ? [] : [heard - dueAt];
  });
  return { timesMs, unanswered: due.size - timesMs.length };
}
