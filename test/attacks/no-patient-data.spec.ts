// A whole run's output is searched for what its patients are called, where they live and by which numbers they are known:
// logs, spans, Kafka's files, the database, the ledger. The exchange's people are seeded, so all of it is known.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';
import { request } from 'undici';

import { arrivalBody, emrOf, handleOf, treatment } from '../support/doors.js';
import { everythingKnown, leaksOf, wordsIn } from '../support/patient-words.mjs';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, storiesOf } from '../support/stories.js';

/** Shorter words are met by chance in files that are not text. */
const SHORTEST_AMONG_BYTES = 6;
const PLANTED = 'Quillfeather-Planted';
/** Of `template1` and `template0`, whose numbers PostgreSQL keeps for ever. */
const TEMPLATES = /\/base\/[14]\/\d+$/;
/** What can be read among bytes. */
const TEXT = /[\x20-\x7e\xc0-\xff]{6,}/g;

describe('patients’ data', () => {
  let exchange: SharedExchange;
  let known: ReadonlySet<string>;
  let longEnough: ReadonlySet<string>;
  beforeAll(async () => {
    exchange = sharedExchange();
    known = await everythingKnown(exchange);
    longEnough = new Set([...known].filter((word) => word.length >= SHORTEST_AMONG_BYTES));
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

  const found = (text: string, words = known): string[] => wordsIn(text, words);

  /** The same in bytes of any kind: a page, a segment of a log. */
  const foundInBytes = (bytes: Buffer): string[] =>
    found((bytes.toString('latin1').match(TEXT) ?? []).join('\n'), longEnough);

  it('would be found, if it were there', () => {
    expect(known.size).toBeGreaterThan(500);
    expect(found('{"msg":"who is Callahan, 118 Winthrop Street"}')).toEqual(
      expect.arrayContaining(['Callahan', '118 Winthrop Street']),
    );
    expect(found('{"msg":"Ruth, of Yang"}')).toEqual(expect.arrayContaining(['Ruth', 'Yang']));
    const spans = [
      { name: 'GET', service: 'gateway', attributes: [{ key: 'url', value: { stringValue: '/x?n=Yang' } }] },
    ];
    expect(leaksOf({ logs: join(exchange.run, 'logs'), spans }, known)).toEqual([
      { at: 'span GET of gateway', word: 'Yang' },
    ]);
    expect(foundInBytes(Buffer.from('\0\x01\x07Callahan\x02\xff'))).toEqual(['Callahan']);
  });

  it('stands in no file of the run: no log, no message on Kafka’s disk, no entry of the ledger', () => {
    const files = filesBelow(exchange.run);
    const folders = new Set(files.map((file) => file.slice(exchange.run.length + 1).split('/')[0]));
    expect([...folders]).toEqual(expect.arrayContaining(['logs', 'kafka', 'ledger', 'identity-index']));
    expect(files.some((file) => /exchange\.query\.requested\.v1-\d+\/.*\.log$/.test(file))).toBe(true);
    const leaksIn = (file: string) =>
      found(
        unlessGone('', () => readFileSync(file, 'latin1')),
        /\/logs\/[^/]+\.log$/.test(file) ? known : longEnough,
      ).map((word) => ({ file, word }));
    expect(files.flatMap(leaksIn)).toEqual([]);
    // The exchange goes on meanwhile: a partial bundle gives way to the next, a segment to a newer one.
    const newer = filesBelow(exchange.run).filter((file) => !files.includes(file));
    expect(newer.flatMap(leaksIn)).toEqual([]);
  });

  it('stands in no file of PostgreSQL: no page, no row that is dead, no log of what was written', async () => {
    const client = await databaseOf(exchange);
    try {
      // A control: written and taken away again.
      await client.query(`create table planted (word text)`);
      await client.query(`insert into planted values ('${PLANTED}')`);
      await client.query('drop table planted');
      // What was in memory alone is on the disk then.
      await client.query('checkpoint');
      const { rows } = await client.query<{ data_directory: string }>('show data_directory');
      const files = filesBelow(rows[0]?.data_directory ?? '');
      for (const kind of [/\/base\/\d+\/\d+$/, /\/pg_wal\/[0-9A-F]{24}$/])
        expect(files.some((file) => kind.test(file))).toBe(true);
      expect(files.some((file) => unlessGone(false, () => readFileSync(file).includes(PLANTED)))).toBe(true);
      const wordsIn = (file: string) => foundInBytes(unlessGone(Buffer.alloc(0), () => readFileSync(file)));
      // PostgreSQL's own catalogues name countries and languages; the templates hold those and nothing else.
      const its = new Set(files.filter((file) => TEMPLATES.test(file)).flatMap(wordsIn));
      expect(its.size).toBeLessThan(10);
      const leaks = files.flatMap((file) => wordsIn(file).map((word) => ({ file, word })));
      expect(leaks.filter(({ word }) => !its.has(word))).toEqual([]);
    } finally {
      await client.end();
    }
  });

  it('stands in no span', async () => {
    const { body } = await request(`${exchange.collectorUrl}/spans`);
    const spans = await body.text();
    expect(spans.length).toBeGreaterThan(1_000);
    expect(found(spans)).toEqual([]);
  });

  it('stands in the database only encrypted', async () => {
    const client = await databaseOf(exchange);
    try {
      const { rows: tables } = await client.query<{ name: string }>(
        `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
      );
      expect(tables.map(({ name }) => name)).toContain('patient_index.source_record');
      const leaks: { table: string; word: string }[] = [];
      for (const { name } of tables) {
        const { rows } = await client.query<Record<string, unknown>>(`select * from ${name}`);
        const text = rows.map(textOf).join('\n');
        leaks.push(...found(text, longEnough).map((word) => ({ table: name, word })));
      }
      expect(leaks).toEqual([]);
    } finally {
      await client.end();
    }
  });
});

async function databaseOf({ description, ca }: SharedExchange): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: description.database.url, ssl: { ca } });
  await client.connect();
  return client;
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
