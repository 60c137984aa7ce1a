import { setTimeout as sleep } from 'node:timers/promises';

/** What the consumer does about a failure: see `classify`. */
export type FailureClass = 'never' | 'later' | 'outage';

const POSTGRES_OUTAGES = /^(08...|57P0[1-3]|53[0-9]..|40001|40P01|55P03)$/;
const NETWORK_OUTAGES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND']);

/**
 * Sorts a failure: `never` is the message's own fault, `later` is a defect that a second try may pass, `outage` is trouble of
 * PostgreSQL, the network or the disk, where giving up would lose what the next second could have done. A failure may say so itself
 * (`retry`).
 */
export function classify(error: unknown): FailureClass {
  if (!(error instanceof Error)) return 'later';
  const { retry, code } = error as { retry?: unknown; code?: unknown };
  if (retry === 'never' || retry === 'outage') return retry;
  if (typeof code === 'string' && (NETWORK_OUTAGES.has(code) || POSTGRES_OUTAGES.test(code))) return 'outage';
  // node-postgres reports a lost connection without a code.
  if (/Connection terminated|connection timeout|timeout exceeded when trying to connect/i.test(error.message)) {
    return 'outage';
  }
  return 'later';
}

export interface RetryOptions {
  /** How often a defect is tried in all. */
  readonly attempts: number;
  /** After this, ms since the epoch, an outage is given up too; asked before each wait. Absent: never. */
  readonly deadlineMs?: () => number;
  /** Called before each wait; keeps the consumer's session alive. */
  readonly onWait: () => Promise<void>;
  /** Stops waiting when the process ends. */
  readonly signal: AbortSignal;
}

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;

/** Runs work until it succeeds or trying again is no use; then throws the last failure. */
export async function withRetry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (isOver(classify(error), attempt, options)) throw error;
      await options.onWait();
      await sleep(Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS), undefined, { signal: options.signal });
    }
  }
}

function isOver(failure: FailureClass, attempt: number, { attempts, deadlineMs, signal }: RetryOptions): boolean {
  if (signal.aborted || failure === 'never') return true;
  if (failure === 'later') return attempt >= attempts;
  return deadlineMs !== undefined && Date.now() >= deadlineMs();
}
