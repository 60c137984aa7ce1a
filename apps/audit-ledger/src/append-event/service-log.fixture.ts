import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { AuditEvent, AuditReceipt } from '@hie/contracts';
import { jwkSigningKey } from '@hie/key-store';
import { type TransparencyLog, formatVerifierKey, verifierKey } from '@hie/transparency-log';
import type { Pool } from 'pg';

import { CheckpointStore } from '../ask-witnesses/checkpoint.store.js';
import { type ListeningWitness, listeningWitness } from '../ask-witnesses/listening-witness.fixture.js';
import { Witnessing } from '../ask-witnesses/witnessing.js';
import { LedgerKeys } from '../patient-keys/ledger-keys.js';
import { PatientKeys } from '../patient-keys/patient-keys.js';
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
  /** The sizes that the log grew by, commit by commit. */
  readonly batches: readonly number[];
  /** Takes an event in as the consumer does. @returns the receipt, for an event that wants one. */
  tell(event: Partial<AuditEvent> & Pick<AuditEvent, 'receiptWanted'>): Promise<AuditReceipt | undefined>;
  close(): Promise<void>;
}

const ORIGIN = 'ledger.example/service';
const QUORUM = 2;
const WITNESSES = ['w1.example', 'w2.example', 'w3.example'];
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined, fatal: () => undefined };

/** Starts it empty. @param pool of a schema with the service's tables. */
export async function serviceLog(pool: Pool): Promise<ServiceLog> {
  const folder = await mkdtemp(join(tmpdir(), 'hie-service-log-'));
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = verifierKey(ORIGIN, 'ed25519', publicKey);
  const witnesses = await Promise.all(WITNESSES.map((name) => listeningWitness(name, new Map([[ORIGIN, [key]]]))));
  const witnessesFile = join(folder, 'witnesses');
  await writeFile(witnessesFile, JSON.stringify({ quorum: QUORUM, witnesses: witnesses.map(known) }));

  const ledgerKeys = new LedgerKeys({ masterKey: () => Buffer.alloc(32, 7) } as never);
  const store = new EntryStore(pool);
  const standing = new StandingEntries(store, ledgerKeys, { eraseAgain: () => Promise.resolve() } as never);
  const keyring = { signingKeys: () => [jwkSigningKey(privateKey.export({ format: 'jwk' }))] };
  const settings = { LEDGER_DIR: join(folder, 'log'), LEDGER_ORIGIN: ORIGIN, WITNESSES_FILE: witnessesFile };
  const config = { ...settings, WITNESS_INTERVAL_MS: 10, WITNESS_REFRESH_MS: 60_000 } as never;
  const ready = { add: () => undefined } as never;
  const sequencer = new Sequencer(store, standing, keyring as never, silent as never, config, ready);
  await sequencer.onModuleInit();
  const witnessing = new Witnessing(sequencer, new CheckpointStore(pool), silent as never, config);
  await witnessing.onApplicationBootstrap();
  const patients = new PatientKeys(pool, ledgerKeys);
  const handler = new AppendEventHandler(sequencer, witnessing, ledgerKeys, patients);

  const batches: number[] = [];
  let size = 0;
  sequencer.onHead(() => {
    const { size: now } = sequencer.openedLog.head;
    batches.push(now - size);
    size = now;
  });
  return {
    folder: join(folder, 'log'),
    keys: { log: formatVerifierKey(key), witnesses: witnesses.map(({ verifierKey: of }) => of), quorum: QUORUM },
    batches,
    get log() {
      return sequencer.openedLog;
    },
    tell: async (told) => {
      const event = routine(told);
      const { emit, effect } = await handler.handle(event, event.service);
      await write(pool, effect);
      return emit[0]?.body as AuditReceipt | undefined;
    },
    close: async () => {
      await witnessing.onApplicationShutdown();
      await sequencer.onApplicationShutdown();
      await Promise.all(witnesses.map((witness) => witness.close()));
      await rm(folder, { recursive: true });
    },
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
