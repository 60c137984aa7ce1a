import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

import type { AuditEvent } from '@hie/contracts';
import { type LedgerEntry, formatLeaf, sealEntry } from '@hie/ledger-entry';
import { certificateAuthority, openRun, startPostgres } from '@hie/local-exchange';
import { GroupCommitter, type Statement, migrate } from '@hie/persistence';
import { leafHash } from '@hie/transparency-log';
import type { KeyObject } from 'node:crypto';
import pg from 'pg';
import type { MigrationInterface } from 'typeorm';

const SERVICE = fileURLToPath(new URL('../../../apps/audit-ledger/dist/', import.meta.url));
const SCHEMA = 'audit_ledger';
/** An audit event under its seal, as it lies in the outbox. */
const MESSAGE_BYTES = 2_048;

/** A PostgreSQL of its own with the projection of the ledger, and the service's own search over it. */
export interface SearchStage {
  readonly pool: pg.Pool;
  /** Seals events as the service does, and puts them into the projection at these positions. */
  insert(first: number, events: readonly AuditEvent[]): Promise<void>;
  /** What the door does but for HTTP: the parameters read, a page found, checked and opened, the reading committed, AuditEvents written as JSON. */
  search(parameters: string): Promise<string>;
  stop(): Promise<void>;
}

type Constructor = new (...parts: readonly unknown[]) => never;

/** The parts of the service that a search is made of, as it is built. */
interface Parts {
  readonly LedgerKeys: new (keyring: object) => { readonly entries: KeyObject; readonly rows: KeyObject };
  readonly PatientKeys: new (...parts: readonly unknown[]) => {
    of(personId: string): Promise<{ readonly keyId: string; readonly key: KeyObject }>;
  };
  readonly SealedEntries: Constructor;
  readonly PlacedEntries: Constructor;
  readonly EntryPageStore: Constructor;
  readonly SearchAuditEventsHandler: new (...parts: readonly unknown[]) => {
    search(search: object, claims: object): Promise<object | undefined>;
  };
  readonly readAuditSearch: (parameters: readonly [string, string][]) => {
    readonly ok: boolean;
    readonly search: object;
  };
  readonly auditEventBundle: (page: object) => object;
  readonly entryOfEvent: (event: AuditEvent, sealedBy: string, patient: string | undefined) => LedgerEntry;
  readonly insertEntries: (entries: readonly object[]) => readonly Statement[];
  readonly rowMac: (row: object, key: KeyObject) => Uint8Array;
}

const FILES = [
  ...[
    'patient-keys/ledger-keys',
    'patient-keys/patient-keys',
    'read-entries/sealed-entries',
    'read-entries/placed-entries',
  ],
  ...['search-audit-events/entry-page.store', 'search-audit-events/search-audit-events.handler'],
  ...['search-audit-events/search-parameters', 'search-audit-events/audit-event-bundle'],
  ...['append-event/entry-of-event', 'append-event/entry.store', 'append-event/row-mac'],
];

/** Sets the stage in a run folder of its own; on a failure nothing is left. */
export async function setSearchStage(): Promise<SearchStage> {
  const run = openRun('bench-ledger-search');
  try {
    const certificates = await certificateAuthority(run.folder('certificates'));
    const postgres = await startPostgres({
      folder: run.folder('postgres'),
      logFile: run.log('postgres'),
      certificates,
    });
    const pool = new pg.Pool({ connectionString: postgres.url, max: 4, options: `-c search_path=${SCHEMA}` });
    const stop = async (): Promise<void> => {
      await pool.end();
      await postgres.stop();
      run.release();
    };
    try {
      await pool.query(`create schema ${SCHEMA}`);
      const settings = { url: postgres.url, caPath: certificates.certificatePath, schema: SCHEMA };
      await migrate(postgres.url, settings, { entities: [], migrations: await migrations() });
      return { pool, ...stageOf(pool, await parts()), stop };
    } catch (error) {
      await stop();
      throw error;
    }
  } catch (error) {
    run.release();
    throw error;
  }
}

function stageOf(pool: pg.Pool, service: Parts): Pick<SearchStage, 'insert' | 'search'> {
  const master = Buffer.alloc(32, 7);
  const keyring = { masterKey: () => master, wrappingKeys: () => [master] };
  const keys = new service.LedgerKeys(keyring);
  const patients = new service.PatientKeys(pool, keys);
  const view = {
    current: () =>
      Promise.resolve({
        shards: [{ name: '2026h2', begin: 0, head: { size: Number.MAX_SAFE_INTEGER, raw: 'checkpoint' } }],
      }),
  };
  const placed = new service.PlacedEntries(new service.SealedEntries(keys, patients), view);
  const committer = new GroupCommitter(pool);
  // The message is random bytes of its length: to seal one is measured with the query (`bench:trust`).
  const trail = {
    record: () => {
      const msgId = randomUUID();
      const record = { id: msgId, topic: 'audit.events.v1', key: msgId, record: randomBytes(MESSAGE_BYTES) };
      return committer.commit({ msgId, part: 'audit', topic: 'local', partition: 0, offset: '0', outputs: [record] });
    },
  };
  const store = new service.EntryPageStore(pool, placed);
  const handler = new service.SearchAuditEventsHandler(store, patients, view, trail, keyring);
  return {
    async insert(first, events) {
      const people = await Promise.all(
        events.map(({ personId }) => (personId === undefined ? undefined : patients.of(personId))),
      );
      const standing = events.map((event, at) => {
        const patient = people[at];
        const entry = service.entryOfEvent(event, event.service, patient?.keyId);
        const leaf = sealEntry(entry, { ledger: keys.entries, patient: patient?.key }, randomBytes);
        const { details: _sealed, ...head } = entry;
        const row = { index: first + at, leafHash: leafHash(formatLeaf(leaf)), head };
        return { ...row, details: leaf.details, mac: service.rowMac(row, keys.rows) };
      });
      for (const statement of service.insertEntries(standing)) await pool.query(statement);
    },
    async search(parameters) {
      const read = service.readAuditSearch([...new URLSearchParams(parameters)]);
      const page = read.ok ? await handler.search(read.search, { tctx: {} }) : undefined;
      if (page === undefined) throw new RangeError('The search was refused.');
      return JSON.stringify(service.auditEventBundle(page));
    },
  };
}

async function parts(): Promise<Parts> {
  const modules = await Promise.all(FILES.map((file) => import(pathToFileURL(`${SERVICE}${file}.js`).href)));
  return Object.assign({}, ...modules) as Parts;
}

async function migrations(): Promise<(new () => MigrationInterface)[]> {
  const folder = `${SERVICE}persistence/migrations/`;
  const files = readdirSync(folder).filter((file) => /^\d+-.*\.js$/.test(file));
  const modules = await Promise.all(files.sort().map((file) => import(pathToFileURL(`${folder}${file}`).href)));
  return modules.flatMap((module: Record<string, new () => MigrationInterface>) => Object.values(module));
}
