import { createHash } from 'node:crypto';

import type pg from 'pg';

import { type Figure, figure } from '../shared/figure.js';
import { quantile } from '../shared/quantile.js';
import { type SearchStage, setSearchStage } from './search-stage.js';

/** Entries of one patient on the average; a busy one has hundreds of times as many. */
const ENTRIES_A_PATIENT = 100;
const STEP = 250_000;
const SEARCHES = 2_000;
const PAGE = 50;
const ROW = 'index, leaf_hash, at, head, details, mac';

/**
 * How soon a page of the projection is there, when it holds `entries` entries: the service's own statement on its own tables, one
 * search at a time, patients at random, beside the emptiest statement on the same connection.
 *
 * The rows are made by SQL; their details have the length of sealed ones and nothing in them. Opening a page and checking its rows is not
 * measured here.
 */
export async function measureSearching(entries: number): Promise<readonly Figure[]> {
  const stage = await setSearchStage();
  try {
    await fill(stage.pool, entries);
    return await measure(stage, entries);
  } finally {
    await stage.stop();
  }
}

async function measure({ pool, statement }: SearchStage, entries: number): Promise<readonly Figure[]> {
  const patients = Math.ceil(entries / ENTRIES_A_PATIENT);
  const many = entries.toLocaleString('en-US');
  const time = async (next: (at: number) => { text: string; values: unknown[] }): Promise<readonly number[]> => {
    const latencies: number[] = [];
    for (let at = 0; at < SEARCHES; at += 1) {
      const { text, values } = next(at);
      const began = performance.now();
      await pool.query(text, values);
      latencies.push(performance.now() - began);
    }
    return latencies;
  };
  const by = (column: string, value: string) =>
    statement(ROW, [{ kind: 'equals', anyOf: [{ column, value }] }], entries, PAGE + 1);
  const floor = quantile(await time(() => ({ text: 'select 1', values: [] })), 0.95);
  const byPatient = await time((at) => by('patient', patientOf(scattered(at, patients))));
  const byMember = await time((at) => by('member', `member-${scattered(at, 200)}`));
  const comparison = { name: 'select 1 on the same connection, p95', value: floor };
  return [
    figure({
      ...{
        name: `projection of ${many}: a page by patient, p95`,
        value: quantile(byPatient, 0.95),
        unit: 'ms',
        target: { below: 20 },
      },
      comparison: { ...comparison, ratio: quantile(byPatient, 0.95) / floor },
    }),
    figure({ name: `projection of ${many}: a page by patient, p50`, value: quantile(byPatient, 0.5), unit: 'ms' }),
    figure({ name: `projection of ${many}: a page by member, p95`, value: quantile(byMember, 0.95), unit: 'ms' }),
  ];
}

/** Rows first and indexes after, by their own definitions: the same tables, sooner. */
async function fill(pool: pg.Pool, entries: number): Promise<void> {
  const { rows: indexes } = await pool.query<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes
     where schemaname = current_schema and tablename = 'entry' and indexname not in (select conname from pg_constraint)`,
  );
  if (indexes.length < 7) throw new RangeError('The projection has lost an index.');
  for (const { name } of indexes) await pool.query(`drop index ${name}`);
  const patients = Math.ceil(entries / ENTRIES_A_PATIENT);
  for (let from = 0; from < entries; from += STEP) {
    await pool.query(
      `insert into entry (index, leaf_hash, at, head, details, mac)
       select i, sha256(int8send(i)), moment, jsonb_strip_nulls(jsonb_build_object(
           'eventId', md5('event ' || i)::uuid, 'txn', md5('txn ' || i / 5)::uuid, 'at', moment,
           'service', (array['gateway', 'patient-index', 'consent', 'record-locator', 'document-query'])[i % 5 + 1],
           'action', (array['query.requested', 'patient.identified', 'disclosure.decided', 'records.located', 'answer.assembled'])[i % 5 + 1],
           'outcome', (array['success', 'success', 'success', 'denied', 'empty'])[i / 5 % 5 + 1], 'purpose', 'TREAT',
           'requester', jsonb_build_object('memberId', 'member-' || i / 5 % 200, 'clientId', 'client-' || i / 5 % 200),
           'patient', case when i % 5 > 0 then md5('patient ' || (i / 5 * 7919::bigint) % $3::bigint)::uuid end)),
         decode(repeat(md5('details ' || i), 16), 'hex'), sha256(int8send(-i))
       from (select i, timestamptz '2026-01-01Z' + i * interval '20 ms' as moment
             from generate_series($1::bigint, $2::bigint - 1) i) made`,
      [from, Math.min(entries, from + STEP), patients],
    );
  }
  for (const { definition } of indexes) await pool.query(definition);
  await pool.query('vacuum analyze entry');
}

const patientOf = (number: number): string => createHash('md5').update(`patient ${number}`).digest('hex');

/** Numbers below a limit, in no order that a cache would like. */
const scattered = (at: number, below: number): number => (at * 2_654_435_761 + 12_345) % below;
