// A whole run's output is searched for what its patients are called, where they live and by which numbers they are known:
// logs, spans, Kafka's files, the database, the ledger. The exchange's people are seeded, so all of it is known.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Bundle, Patient } from '@medplum/fhirtypes';
import pg from 'pg';
import { request } from 'undici';

import { arrivalBody, emrOf, handleOf, treatment } from '../support/doors.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, storiesOf } from '../support/stories.js';

/** Words shorter than this are met by chance. */
const SHORTEST = 6;

describe('patients’ data', () => {
  let exchange: SharedExchange;
  let known: ReadonlySet<string>;
  beforeAll(async () => {
    exchange = sharedExchange();
    known = await everythingKnown();
    for (const story of await storiesOf(exchange)) await ask(story);
  }, 180_000);
  afterAll(() => exchange.close());

  /** Answers, refusals and failures: all of them write something somewhere. */
  async function ask(story: Awaited<ReturnType<typeof storiesOf>>[number]): Promise<void> {
    const emr = emrOf(exchange, story);
    const patient = await arrivingPatient(exchange, story);
    const { url, fhirUrl } = exchange.description.gateway;
    const emergency = { purpose: 'ETREAT', scope: 'system/*.rs' };
    const hook = `${url}/cds-services/patient-arrival`;
    await emr.call('POST', hook, { ...emergency, body: arrivalBody(patient) });
    await emr.call('POST', hook, { ...emergency, purpose: 'HPAYMT', body: arrivalBody(patient) });
    await emr.call('POST', hook, { ...emergency, body: { ...arrivalBody(patient), context: patient } });
    await emr.call('POST', `${hook}/${patient.name?.[0]?.family ?? ''}`, {
      ...emergency,
      body: JSON.stringify(patient).slice(9),
    });
    await emr.call('GET', `${fhirUrl}/Patient?name=${encodeURIComponent(patient.name?.[0]?.family ?? '')}`, treatment);
    const handle = await handleOf(exchange, story).catch(() => undefined);
    if (handle !== undefined) await emr.call('GET', `${fhirUrl}/Patient/${handle}/$summary`, treatment);
  }

  async function everythingKnown(): Promise<ReadonlySet<string>> {
    const words = new Set<string>();
    for (const hospital of exchange.hospitals) {
      const own = exchange.ownClientOf(hospital);
      let next: string | undefined = `${hospital.fhirUrl}/Patient?_count=100`;
      while (next !== undefined) {
        const page: Bundle<Patient> = (await own.call('GET', next, { purpose: 'TREAT', scope: 'system/*.rs' })).json();
        for (const { resource } of page.entry ?? []) for (const word of wordsOf(resource)) words.add(word);
        next = page.link?.find(({ relation }) => relation === 'next')?.url;
      }
    }
    return words;
  }

  const found = (text: string): string[] => {
    const words = new Set(text.split(/[^\p{L}\p{N}'’-]+/u));
    return [...known].filter((word) => (word.includes(' ') ? text.includes(word) : words.has(word)));
  };

  it('would be found, if it were there', () => {
    expect(known.size).toBeGreaterThan(500);
    expect(found('{"msg":"who is Callahan, 118 Winthrop Street"}')).toEqual(
      expect.arrayContaining(['Callahan', '118 Winthrop Street']),
    );
  });

  it('stands in no file of the run: no log, no message on Kafka’s disk, no entry of the ledger', () => {
    const files = filesBelow(exchange.run);
    const folders = new Set(files.map((file) => file.slice(exchange.run.length + 1).split('/')[0]));
    expect([...folders]).toEqual(expect.arrayContaining(['logs', 'kafka', 'ledger']));
    expect(files.some((file) => /exchange\.query\.requested\.v1-\d+\/.*\.log$/.test(file))).toBe(true);
    const leaksIn = (file: string) =>
      found(unlessGone('', () => readFileSync(file, 'latin1'))).map((word) => ({ file, word }));
    expect(files.flatMap(leaksIn)).toEqual([]);
    // The exchange goes on meanwhile: a partial bundle gives way to the next, a segment to a newer one.
    const newer = filesBelow(exchange.run).filter((file) => !files.includes(file));
    expect(newer.flatMap(leaksIn)).toEqual([]);
  });

  it('stands in no span', async () => {
    const { body } = await request(`${exchange.collectorUrl}/spans`);
    const spans = await body.text();
    expect(spans.length).toBeGreaterThan(1_000);
    expect(found(spans)).toEqual([]);
  });

  it('stands in the database only encrypted', async () => {
    const client = new pg.Client({ connectionString: exchange.description.database.url, ssl: { ca: exchange.ca } });
    await client.connect();
    try {
      const { rows: tables } = await client.query<{ name: string }>(
        `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
      );
      expect(tables.map(({ name }) => name)).toContain('patient_index.source_record');
      const leaks: { table: string; word: string }[] = [];
      for (const { name } of tables) {
        const { rows } = await client.query<Record<string, unknown>>(`select * from ${name}`);
        const text = rows.map(textOf).join('\n');
        leaks.push(...found(text).map((word) => ({ table: name, word })));
      }
      expect(leaks).toEqual([]);
    } finally {
      await client.end();
    }
  });
});

/** Names, numbers, addresses and telephones, as they are written down. */
function wordsOf(patient: Patient | undefined): string[] {
  if (patient === undefined) return [];
  const { name = [], address = [], telecom = [], identifier = [] } = patient;
  const all = [
    ...name.flatMap(({ family, given = [] }) => [family, ...given]),
    ...address.flatMap(({ line = [] }) => line),
    ...telecom.map(({ value }) => value),
    ...identifier.map(({ value }) => value),
  ];
  return all.filter((word) => word !== undefined).filter((word) => word.length >= SHORTEST);
}

function filesBelow(folder: string): string[] {
  const entries = unlessGone([], () => readdirSync(folder, { withFileTypes: true }));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

/** What was taken away since it was listed is searched under the name of what took its place. */
function unlessGone<T>(otherwise: T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
}

/** A row as text; bytes as the text they would be. */
const textOf = (row: Record<string, unknown>): string =>
  Object.values(row)
    .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : (JSON.stringify(value) ?? '')))
    .join('\n');
