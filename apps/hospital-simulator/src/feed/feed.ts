import { setTimeout as sleep } from 'node:timers/promises';

import { type Patient } from '@medplum/fhirtypes';

import { type MemberRecords } from '../records/member-records.js';
import { type ExchangeAnswer, type ExchangeClient, FeedError } from './exchange-client.js';
import { MAX_FEED_BATCH, entryStatuses, feedBundle } from './feed-bundle.js';
import { MAX_TRIES, isWorthRetrying, waitMs } from './retry.js';

/** How far a feed is. Counts are of patients, but for `retries`, which are of requests. */
export interface FeedProgress {
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  readonly total: number;
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  readonly retries: number;
  readonly elapsedMs: number;
  /** Why it failed: a code, and what the exchange said of it; no patient’s data. */
  readonly error?: string;
}

/** How a feed is sent. */
export interface FeedOptions {
  /** Patients a batch, 1 to 200. */
  readonly batchSize: number;
  /** Batches under way at once. */
  readonly concurrency: number;
  /** Only so many patients, the first ones. */
  readonly limit?: number;
}

/** A feed under way. */
export interface Feed {
  readonly progress: () => FeedProgress;
  readonly cancel: () => void;
  /** Resolves when it has ended, however. */
  readonly ended: Promise<FeedProgress>;
}

type Counts = { -readonly [Key in 'sent' | 'accepted' | 'refused' | 'retries']: number };

/**
 * Sends a member's patients to the exchange, batch by batch, as many at once as is said.
 *
 * A batch that is answered 429, 502, 503 or 504, or not at all, is sent again after the wait the exchange asks for; so are single entries
 * that were. A patient who is refused (any other 4xx) is counted and left behind. A feed fails when a batch is not taken after eight tries
 * or the exchange gives no token. Patients are made when their turn comes: memory is that of the batches under way.
 */
export function startFeed(records: MemberRecords, system: string, client: ExchangeClient, options: FeedOptions): Feed {
  const startedMs = performance.now();
  const total = Math.min(options.limit ?? records.patientCount, records.patientCount);
  const counts: Counts = { sent: 0, accepted: 0, refused: 0, retries: 0 };
  const stop = new AbortController();
  let state: FeedProgress['state'] = 'running';
  let error: string | undefined;
  let endedMs: number | undefined;
  const progress = (): FeedProgress => ({
    state,
    total,
    ...counts,
    elapsedMs: Math.round((endedMs ?? performance.now()) - startedMs),
    ...(error === undefined ? {} : { error }),
  });

  const batches = batchesOf(records, total, Math.min(options.batchSize, MAX_FEED_BATCH));
  const worker = async (): Promise<void> => {
    for (const batch of batches) {
      if (stop.signal.aborted) return;
      counts.sent += batch.length;
      await deliver(batch, system, client, counts, stop.signal);
    }
  };
  const work = Promise.all(Array.from({ length: options.concurrency }, worker));
  const ended = work
    .then(() => (state = stop.signal.aborted ? 'cancelled' : 'done'))
    .catch((cause: unknown) => {
      state = stop.signal.aborted ? 'cancelled' : 'failed';
      error = cause instanceof FeedError ? `${cause.code}: ${cause.said}` : 'unexpected';
      stop.abort();
    })
    .then(() => (endedMs = performance.now()))
    .then(() => client.close())
    .then(progress);
  return { progress, cancel: () => stop.abort(), ended };
}

function* batchesOf(records: MemberRecords, total: number, size: number): Generator<readonly Patient[]> {
  let batch: Patient[] = [];
  let taken = 0;
  for (const id of records.patientIds()) {
    if (taken === total) break;
    const patient = records.patient(id);
    if (patient !== undefined) batch.push(patient);
    taken += 1;
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

async function deliver(
  batch: readonly Patient[],
  system: string,
  client: ExchangeClient,
  counts: Counts,
  signal: AbortSignal,
): Promise<void> {
  let left = batch;
  let answer: ExchangeAnswer | undefined;
  for (let attempt = 1; left.length > 0; attempt += 1) {
    if (attempt > MAX_TRIES)
      throw new FeedError('unreachable', answer === undefined ? 'no answer' : String(answer.status));
    if (attempt > 1) {
      counts.retries += 1;
      await sleep(waitMs(attempt, answer?.retryAfter, Date.now(), Math.random()), undefined, { signal });
    }
    answer = await client.post(JSON.stringify(feedBundle(left, system))).catch((cause: unknown) => {
      if (cause instanceof FeedError) throw cause;
      return undefined;
    });
    if (answer !== undefined) left = settle(left, answer, counts);
  }
}

/** Counts who was taken and who was not; returns who is to be sent again. */
function settle(batch: readonly Patient[], { status, text }: ExchangeAnswer, counts: Counts): readonly Patient[] {
  if (isWorthRetrying(status)) return batch;
  const statuses = status === 200 ? entryStatuses(text, batch.length) : undefined;
  if (statuses === undefined) {
    if (status >= 200 && status < 300) throw new FeedError('unreachable', 'not a batch-response');
    if (status === 401 || status === 403) throw new FeedError('token-refused', String(status));
    counts.refused += batch.length;
    return [];
  }
  const again = batch.filter((_, i) => isWorthRetrying(statuses[i] ?? 0));
  const taken = statuses.filter((one) => one >= 200 && one < 300).length;
  counts.accepted += taken;
  counts.refused += batch.length - again.length - taken;
  return again;
}
