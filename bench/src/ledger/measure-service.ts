import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { type Infrastructure, openRun, startExchange, startInfrastructure } from '@hie/local-exchange';
import { HEAD_PATH, readCheckpoint, shardAt } from '@hie/transparency-log';
import pg from 'pg';

import { type Figure, figure } from '../shared/figure.js';
import { quantile } from '../shared/quantile.js';
import { type Teller, startTeller } from './teller.js';

/** How much is told and committed. */
export interface ServiceScale {
  readonly warmUp: number;
  /** Fewer than a minute's worth: a seal is refused when it is older. */
  readonly told: number;
  readonly ratedS: number;
  /** How often the steady rate is held before it is measured. */
  readonly ratedWarmUps: number;
  readonly commits: number;
}

// At this rate a broker that has just started takes 1.3 ms of processor time an event, and after three quarters of a minute 0.5.
const full: ServiceScale = { warmUp: 2_000, told: 15_000, ratedS: 15, ratedWarmUps: 3, commits: 4_000 };
const CHUNK = 250;
const RATE = 500;
const EVERY_MS = 4;
const PATIENCE_MS = 120_000;

/** What the ledger reaches as a service: through Kafka, checked, sealed, synced, projected; beside PostgreSQL's bare commits. */
export async function measureService(scale = full): Promise<readonly Figure[]> {
  const run = openRun('bench-ledger');
  const undo: (() => Promise<void> | void)[] = [() => run.release()];
  try {
    const infrastructure = await startInfrastructure({ run, env: {} });
    undo.push(() => infrastructure.stop());
    const exchange = await startExchange({ run, infrastructure, people: 20, hospitals: 1, feed: false });
    undo.push(() => exchange.stop());
    const teller = await startTeller(run, exchange);
    undo.push(() => teller.stop());
    const size = sizeOf(join(run.path, 'ledger'));

    await tellAll(teller, size, scale.warmUp);
    const commits = await bareCommits(infrastructure, scale.commits);
    const appended = await tellAll(teller, size, scale.told);
    for (let time = 0; time < scale.ratedWarmUps; time += 1) await receiptTimes(teller, scale.ratedS);
    const receipts = await receiptTimes(teller, scale.ratedS);
    const beside = (value: number) => ({
      name: 'bare single-row commits, 8 at once',
      value: commits,
      ratio: value / commits,
    });
    return [
      figure({ name: 'PostgreSQL: bare single-row commits, 8 at once', value: commits, unit: 'rows/s' }),
      figure({
        name: 'service: events from Kafka to a signed head',
        value: appended,
        unit: 'entries/s',
        target: { atLeast: 3_000 },
        comparison: beside(appended),
      }),
      figure({
        name: `service: receipt at ${RATE}/s, p50`,
        value: quantile(receipts, 0.5),
        unit: 'ms',
        target: { below: 8 },
      }),
      figure({
        name: `service: receipt at ${RATE}/s, p99`,
        value: quantile(receipts, 0.99),
        unit: 'ms',
        target: { below: 25 },
      }),
    ];
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

/** From the first event on Kafka until the last stands under a signed head; entries a second. */
async function tellAll(teller: Teller, size: () => Promise<number>, count: number): Promise<number> {
  const written = await teller.write(count, false);
  const before = await size();
  const began = performance.now();
  for (let at = 0; at < count; at += CHUNK)
    await teller.send(written.slice(at, at + CHUNK).map(({ message }) => message));
  while ((await size()) < before + count) {
    if (performance.now() - began > PATIENCE_MS) throw new Error('The ledger did not take what it was told.');
    await pause(EVERY_MS);
  }
  return count / ((performance.now() - began) / 1_000);
}

/** From the moment an event is given to Kafka until its receipt is heard, at a steady rate; sealed beforehand too. */
async function receiptTimes(teller: Teller, ratedS: number): Promise<readonly number[]> {
  const written = await teller.write(RATE * ratedS, true);
  const sent = new Map<string, number>();
  const began = performance.now();
  const perTick = (RATE * EVERY_MS) / 1_000;
  const sending: Promise<void>[] = [];
  for (let tick = 0; tick < (ratedS * 1_000) / EVERY_MS; tick += 1) {
    const due = written.slice(tick * perTick, (tick + 1) * perTick);
    const now = performance.now();
    for (const { eventId } of due) sent.set(eventId, now);
    sending.push(teller.send(due.map(({ message }) => message)));
    await pause(Math.max(0, began + (tick + 1) * EVERY_MS - performance.now()));
  }
  await Promise.all(sending);
  const deadline = performance.now() + PATIENCE_MS;
  while ([...sent.keys()].some((eventId) => !teller.heard.has(eventId))) {
    if (performance.now() > deadline) throw new Error('The ledger left receipts out.');
    await pause(50);
  }
  return [...sent].map(([eventId, at]) => (teller.heard.get(eventId) as number) - at);
}

/** Of the log of the half-year in which the run began. */
const sizeOf = (ledger: string) => {
  const head = join(ledger, shardAt(Date.now()), HEAD_PATH);
  return async (): Promise<number> => readCheckpoint(await readFile(head, 'utf8')).checkpoint.size;
};

async function bareCommits({ postgres, certificates }: Infrastructure, count: number): Promise<number> {
  const ssl = { ca: certificates.certificate };
  const pool = new pg.Pool({ connectionString: postgres.url, ssl, max: 8 });
  try {
    await pool.query('create table bench_commit (id bigserial primary key, entry bytea not null)');
    const entry = Buffer.alloc(400, 1);
    let left = count;
    const began = performance.now();
    const writer = async () => {
      while (left-- > 0) await pool.query('insert into bench_commit (entry) values ($1)', [entry]);
    };
    await Promise.all(Array.from({ length: 8 }, writer));
    return count / ((performance.now() - began) / 1_000);
  } finally {
    await pool.query('drop table if exists bench_commit');
    await pool.end();
  }
}
