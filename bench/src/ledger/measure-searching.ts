import { createHash, randomUUID } from 'node:crypto';

import { type AuditEvent, recordKinds } from '@hie/contracts';
import type pg from 'pg';

import { type Figure, figure } from '../shared/figure.js';
import { quantile } from '../shared/quantile.js';
import { type SearchStage, setSearchStage } from './search-stage.js';

/** Entries of one patient on the average; a busy one has hundreds of times as many. */
const ENTRIES_A_PATIENT = 100;
const STEP = 5_000;
const SEARCHES = 1_000;
const PAGE = 50;
/** Before what is measured: the statements are planned, and the code is compiled. */
const WARM = 100;

/**
 * How soon a page of AuditEvents is there, when the projection holds `entries` entries: the service's own handler on its own tables, one
 * search at a time, patients at random, beside the emptiest statement on the same connection.
 *
 * The entries are sealed as the service seals them, with the details of a query's five hops. A search is all that the door does behind HTTP:
 * how far the projection reaches, the patient's keys, the page, each row's MAC, the keys unwrapped, the details opened, the reading committed
 * to the outbox, and the AuditEvents as JSON.
 */
export async function measureSearching(entries: number): Promise<readonly Figure[]> {
  const stage = await setSearchStage();
  try {
    await fill(stage, entries);
    return await measure(stage, entries);
  } finally {
    await stage.stop();
  }
}

async function measure({ pool, search }: SearchStage, entries: number): Promise<readonly Figure[]> {
  const patients = Math.ceil(entries / ENTRIES_A_PATIENT);
  const many = entries.toLocaleString('en-US');
  const time = async (work: (at: number) => Promise<unknown>): Promise<readonly number[]> => {
    const latencies: number[] = [];
    for (let at = 0; at < WARM + SEARCHES; at += 1) {
      const began = performance.now();
      await work(at);
      if (at >= WARM) latencies.push(performance.now() - began);
    }
    return latencies;
  };
  const floor = quantile(await time(() => pool.query('select 1')), 0.95);
  const byPatient = await time(async (at) => {
    const page = await search(`patient=Patient/${patientOf(scattered(at, patients))}&_count=${PAGE}`);
    if (!page.includes('"AuditEvent"')) throw new RangeError('A patient was not found.');
  });
  const byMember = await time((at) => search(`agent=Organization/member-${scattered(at, 200)}&_count=${PAGE}`));
  const comparison = { name: 'select 1 on the same connection, p95', value: floor };
  return [
    figure({
      ...{
        name: `${many} entries: a page of ${PAGE} AuditEvents by patient, p95`,
        value: quantile(byPatient, 0.95),
        unit: 'ms',
        target: { below: 20 },
      },
      comparison: { ...comparison, ratio: quantile(byPatient, 0.95) / floor },
    }),
    figure({ name: `${many} entries: the same by patient, p50`, value: quantile(byPatient, 0.5), unit: 'ms' }),
    figure({ name: `${many} entries: the same by member, p95`, value: quantile(byMember, 0.95), unit: 'ms' }),
  ];
}

/** Rows first and indexes after, by their own definitions: the same tables, sooner. */
async function fill({ pool, insert }: SearchStage, entries: number): Promise<void> {
  const indexes = await indexesOf(pool);
  for (const { name } of indexes) await pool.query(`drop index ${name}`);
  const patients = Math.ceil(entries / ENTRIES_A_PATIENT);
  for (let from = 0; from < entries; from += STEP) {
    const count = Math.min(STEP, entries - from);
    await insert(
      from,
      Array.from({ length: count }, (_, at) => eventAt(from + at, patients)),
    );
  }
  for (const { definition } of indexes) await pool.query(definition);
  await pool.query('vacuum analyze entry');
}

async function indexesOf(pool: pg.Pool): Promise<readonly { readonly name: string; readonly definition: string }[]> {
  const { rows } = await pool.query<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes
     where schemaname = current_schema and tablename = 'entry' and indexname not in (select conname from pg_constraint)`,
  );
  if (rows.length < 8) throw new RangeError('The projection has lost an index.');
  return rows;
}

const hops: readonly Pick<AuditEvent, 'service' | 'action' | 'details'>[] = [
  { service: 'gateway', action: 'query.requested', details: { operation: 'arrival', kinds: [...recordKinds] } },
  { service: 'patient-index', action: 'patient.identified', details: { modelVersion: 'm-1', probability: 0.9999 } },
  { service: 'consent', action: 'disclosure.decided', details: { policy: 'default-1', withheldLabels: 2 } },
  { service: 'record-locator', action: 'records.located', details: { custodians: 4, asked: 3 } },
  {
    ...{ service: 'document-query', action: 'answer.assembled' },
    details: {
      ...{ stage: 'critical', candidates: 0, members: ['harbor', 'northside', 'eastend'], answered: 3 },
      given: ['AllergyIntolerance=2', 'Condition=14', 'MedicationRequest=9'],
    },
  },
];
const outcomes: readonly AuditEvent['outcome'][] = ['success', 'success', 'success', 'denied', 'empty'];

/** The entry at a position: five hops a query, one query after the other. */
function eventAt(position: number, patients: number): AuditEvent {
  const query = Math.floor(position / hops.length);
  const hop = cyclic(hops, position);
  const member = query % 200;
  return {
    ...{ ...hop, eventId: randomUUID(), txn: uuidOf(`txn ${query}`), purpose: 'TREAT', seals: [digestOf(position)] },
    outcome: cyclic(outcomes, query),
    requester: { memberId: `member-${member}`, clientId: `client-${member}`, address: `203.0.113.${member}` },
    ...(hop.service === 'gateway' ? {} : { personId: patientOf((query * 7919) % patients) }),
    at: new Date(Date.UTC(2026, 0, 1) + position * 20).toISOString(),
    receiptWanted: false,
  };
}

function cyclic<T>(values: readonly T[], at: number): T {
  const value = values[at % values.length];
  if (value === undefined) throw new RangeError('There is nothing to choose from.');
  return value;
}

const patientOf = (number: number): string => uuidOf(`patient ${number}`);
const digestOf = (position: number): string => createHash('sha256').update(String(position)).digest('base64url');

/** A version 4 UUID that a name stands for. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Numbers below a limit, in no order that a cache would like. */
const scattered = (at: number, below: number): number => (at * 2_654_435_761 + 12_345) % below;
