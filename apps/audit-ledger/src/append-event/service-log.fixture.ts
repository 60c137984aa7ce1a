import { type KeyObject, createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type AuditEvent, type AuditReceipt, type ServiceName, services } from '@hie/contracts';
import { jwkSigningKey } from '@hie/key-store';
import { vouchedEvent } from '@hie/messaging';
import { type TransparencyLog, formatVerifierKey, shardOrigin, verifierKey } from '@hie/transparency-log';
import type { Pool } from 'pg';

import { CheckpointStore } from '../ask-witnesses/checkpoint.store.js';
import { type ListeningWitness, listeningWitness } from '../ask-witnesses/listening-witness.fixture.js';
import { Witnessing } from '../ask-witnesses/witnessing.js';
import { LedgerKeys } from '../patient-keys/ledger-keys.js';
import { ShardKeeper } from '../keep-shards/shard-keeper.js';
import { PatientKeys } from '../patient-keys/patient-keys.js';
import { RetentionStore } from '../retain-shards/retention.store.js';
import { ShardRetention } from '../retain-shards/shard-retention.js';
import { AppendEventHandler } from './append-event.handler.js';
import { EntryStore, type StandingEntry } from './entry.store.js';
import { Sequencer } from './sequencer.js';
import { StandingEntries } from './standing-entries.js';

/** The service's own writing side, on a folder, a PostgreSQL schema and witnesses that listen: everything but Kafka. */
export interface ServiceLog {
  readonly folder: string;
  /** Verifier keys in signed-note form. */
  readonly keys: { readonly log: string; readonly witnesses: readonly string[]; readonly quorum: number };
  readonly log: TransparencyLog;
  /** The folder of the shard that takes entries, and of all of them. */
  readonly root: string;
  readonly shards: ShardKeeper;
  /** The sizes that the log grew by, commit by commit. */
  readonly batches: readonly number[];
  /** Takes an event in as the consumer does. @returns the receipt, for an event that wants one. */
  tell(event: Partial<AuditEvent> & Pick<AuditEvent, 'receiptWanted'>): Promise<AuditReceipt | undefined>;
  handOver(): Promise<void>;
  /**
   * Ends the writing side and starts another on the same files, with the keys that are in the key file then.
   *
   * @param between what is done while nothing runs.
   */
  reopen(between?: () => Promise<void>): Promise<void>;
  /** What the service logged as errors. */
  readonly logged: readonly (readonly [fields: object, message: string])[];
  /** What is derived from the log. */
  readonly standing: StandingEntries;
  /** What drops its shards. */
  readonly retention: ShardRetention;

  /** Puts other keys into the key file, chosen by the first. */
  signWith(choose: (first: KeyObject) => readonly KeyObject[]): void;
  close(): Promise<void>;
}

const ORIGIN = 'ledger.example/service';
const QUORUM = 2;
const WITNESSES = ['w1.example', 'w2.example', 'w3.example'];
const silence = () => undefined;

/** What a service log is begun with; a second life of the same is given the first's. */
export interface ServiceLogOptions {
  readonly now?: () => number;
  /** Half-years that witnesses know beside those of 2026 and 2027. */
  readonly shards?: readonly string[];
}

/** Starts it empty. @param pool of a schema with the service's tables. */
export async function serviceLog(
  pool: Pool,
  { now = Date.now, shards: more = [] }: ServiceLogOptions = {},
): Promise<ServiceLog> {
  const folder = await mkdtemp(join(tmpdir(), 'hie-service-log-'));
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  let signing = [privateKey];
  const keyOf = (origin: string) => verifierKey(origin, 'ed25519', publicKey);
  const origins = ['2026h2', '2026h2-2', '2026h2-3', '2026h2-4', '2027h1', '2027h2', ...more].map((name) =>
    shardOrigin(ORIGIN, name),
  );
  const logs = new Map(origins.map((origin) => [origin, [keyOf(origin)]]));
  const witnesses = await Promise.all(WITNESSES.map((name) => listeningWitness(name, logs)));
  const witnessesFile = join(folder, 'witnesses');
  await writeFile(witnessesFile, JSON.stringify({ quorum: QUORUM, witnesses: witnesses.map(known) }));

  const master = Buffer.alloc(32, 7);
  const ledgerKeys = new LedgerKeys({ masterKey: () => master, wrappingKeys: () => [master] } as never);
  const store = new EntryStore(pool);
  const sealing = serviceSeals();
  const standing = new StandingEntries(
    store,
    ledgerKeys,
    { eraseAgain: () => Promise.resolve() } as never,
    new CheckpointStore(pool),
    sealing.keyringOf('audit-ledger') as never,
  );
  const keyring = {
    ...sealing.keyringOf('audit-ledger'),
    signingKeys: () => signing.map((key) => jwkSigningKey(key.export({ format: 'jwk' }))),
  };
  const settings = { LEDGER_DIR: join(folder, 'log'), LEDGER_ORIGIN: ORIGIN, WITNESSES_FILE: witnessesFile };
  const config = {
    ...settings,
    WITNESS_INTERVAL_MS: 10,
    WITNESS_REFRESH_MS: 60_000,
    LEDGER_RETENTION_YEARS: 6,
  } as never;
  const logged: (readonly [fields: object, message: string])[] = [];
  const keep = (fields: object, message: string) => void logged.push([fields, message]);
  const silent = { info: silence, warn: silence, error: keep, fatal: keep };
  const ready = { add: () => undefined } as never;
  const start = async () => {
    const shards = new ShardKeeper(ledgerKeys, keyring as never, silent as never, config, now);
    const sequencer = new Sequencer(standing, shards, silent as never, ready);
    await sequencer.onModuleInit();
    const witnessing = new Witnessing(sequencer, shards, new CheckpointStore(pool), silent as never, config);
    await witnessing.onApplicationBootstrap();
    const patientKeys = new PatientKeys(pool, ledgerKeys);
    const handler = new AppendEventHandler(sequencer, witnessing, ledgerKeys, patientKeys, keyring as never);
    const retentionStore = new RetentionStore(pool);
    const retention = new ShardRetention(sequencer, shards, retentionStore, ledgerKeys, silent as never, config, now);
    let stopping: Promise<void> | undefined;
    const end = async () => {
      await retention.onApplicationShutdown();
      await witnessing.onApplicationShutdown();
      await sequencer.onApplicationShutdown();
    };
    const stop = () => (stopping ??= end());
    try {
      await retention.onApplicationBootstrap();
    } catch (error) {
      await stop();
      throw error;
    }
    return { shards, sequencer, handler, retention, stop };
  };
  let running = await start();

  const batches: number[] = [];
  let size = 0;
  running.sequencer.onHead(() => {
    batches.push(running.sequencer.size - size);
    ({ size } = running.sequencer);
  });
  return {
    root: join(folder, 'log'),
    get folder() {
      return join(folder, 'log', running.shards.current.name);
    },
    get keys() {
      const log = formatVerifierKey(keyOf(running.shards.current.log.head.origin));
      return { log, witnesses: witnesses.map(({ verifierKey: of }) => of), quorum: QUORUM };
    },
    batches,
    get shards() {
      return running.shards;
    },
    ...{ logged, standing },
    reopen: async (between = () => Promise.resolve()) => {
      await running.stop();
      await between();
      running = await start();
    },
    get retention() {
      return running.retention;
    },
    handOver: () => running.sequencer.handOver(),
    signWith: (choose) => {
      signing = [...choose(privateKey)];
      // Witnesses learn of a key before it signs alone.
      const own = (origin: string) => signing.map((key) => verifierKey(origin, 'ed25519', createPublicKey(key)));
      for (const origin of origins) logs.set(origin, [keyOf(origin), ...own(origin)]);
    },
    get log() {
      return running.sequencer.openedLog;
    },
    tell: async (told) => {
      const event = routine({ at: new Date(now()).toISOString(), ...told });
      const vouched = vouchedEvent(event, sealing.keyringOf(event.service).sealingKey());
      const { emit, effect } = await running.handler.handle(vouched, event.service);
      await write(pool, effect);
      return emit[0]?.body as AuditReceipt | undefined;
    },
    close: async () => {
      await running.stop();
      await Promise.all(witnesses.map((witness) => witness.close()));
      await rm(folder, { recursive: true });
    },
  };
}

/** Seal keys of every service. */
function serviceSeals() {
  const pairs = services.map((service) => [service, generateKeyPairSync('ec', { namedCurve: 'P-256' })] as const);
  const sealKeys = new Map(pairs.map(([service, { publicKey: key }]) => [`${service}-1`, { service, key }]));
  const keys = new Map(pairs.map(([service, { privateKey: key }]) => [service, { kid: `${service}-1`, key }]));
  return {
    keyringOf: (service: ServiceName) => ({
      sealKeys: () => sealKeys,
      sealingKey: () => keys.get(service) as { readonly kid: string; readonly key: KeyObject },
    }),
  };
}

const known = ({ url, verifierKey: of }: ListeningWitness) => ({ url, verifierKeys: [of] });

/** What messaging does with a handler's effect, in the commit of the inbox. */
async function write(pool: Pool, effect: unknown): Promise<void> {
  const { write: statementsOf, value } = effect as {
    readonly write: (entries: readonly StandingEntry[]) => readonly { text: string; values: unknown[] }[];
    readonly value: StandingEntry;
  };
  for (const { text, values } of statementsOf([value])) await pool.query(text, values);
}

function routine(told: Partial<AuditEvent> & Pick<AuditEvent, 'receiptWanted'>): AuditEvent {
  return {
    ...{ eventId: randomUUID(), txn: randomUUID(), service: 'gateway', action: 'query.requested', outcome: 'success' },
    ...{ purpose: 'TREAT', requester: { memberId: 'mercy', clientId: 'mercy-emr' }, details: {}, seals: [] },
    at: new Date().toISOString(),
    ...told,
  };
}
