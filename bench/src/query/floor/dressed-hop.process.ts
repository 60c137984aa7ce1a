// One process of the dressed floor: everything a real hop does with a message, through the project's own pipeline, around a
// handler that does nothing. No Nest application and no HTTP framework: those are the real path's to answer for.
import { readFileSync } from 'node:fs';

import type { EventType, ServiceName } from '@hie/contracts';
import {
  type ArrivedMessage,
  AuditWriter,
  CoalescingSender,
  type Consumption,
  ExchangeServer,
  MessagePipeline,
  MessageReader,
  OutboxRelay,
  type ReadMessage,
  type Received,
  connectKafka,
  directoryObjectStore,
  earlierSeals,
  emission,
} from '@hie/messaging';
import { GroupCommitter, OutboxStore } from '@hie/persistence';
import { tokenVerifier } from '@hie/purpose-of-use';
import kafkajs from 'kafkajs';
import { Pool } from 'pg';

import { keyringIn } from '../../shared/keyring-in.js';
import { Awaited, SizeMeter, openDoor } from './door.js';
import { type FloorBody, FloorWriter, dressedIn, dressedOut } from './dressed-contracts.js';
import { AUDIENCE, ISSUER, dressedAsk } from './dressed-ask.js';

const env = (name: string): string => process.env[name] ?? '';
const complain = (error: unknown): void => void process.stderr.write(`${String(error)}\n`);
const service = env('FLOOR_SERVICE') as ServiceName;
const sizes = new SizeMeter();
const awaited = new Awaited();

const keyring = keyringIn(env('TRUST'), service, complain);
const pool = new Pool({
  connectionString: env('DATABASE_URL'),
  ssl: { ca: readFileSync(env('TLS_CA'), 'utf8') },
  options: `-c search_path=${env('DATABASE_SCHEMA')}`,
  max: 6,
  idleTimeoutMillis: 0,
});
const kafka = connectKafka({
  brokers: [env('KAFKA_BROKERS')],
  clientId: `${service}.dressed`,
  tls: { caPath: env('TLS_CA'), certPath: env('TLS_CERT'), keyPath: env('TLS_KEY') },
  log: (_level, message) => complain(message),
});
const producer = kafka.producer({
  allowAutoTopicCreation: false,
  createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
});
const store = directoryObjectStore(env('OBJECT_STORE'));
const seals = earlierSeals(keyring);
const writer = new FloorWriter(keyring, store, service, { onFirstSeal: seals.made });
const sealingKey = () => keyring.sealingKey();
const audit = new AuditWriter(service, writer, sealingKey);
const committer = new GroupCommitter(pool);
const inbox = new OutboxStore(pool);
const relay = new OutboxRelay({ store: inbox, sender: new CoalescingSender(producer), onError: complain });
const tokens = tokenVerifier({
  issuer: ISSUER,
  audience: AUDIENCE,
  keys: keyring.tokenKeys,
  now: Date.now,
  capacity: 10_000,
  maxAgeMs: 10_000,
});

/** Weighs what comes before it reads it. */
class WeighingReader extends MessageReader {
  override read<T>(type: EventType<T>, arrived: ArrivedMessage): Promise<ReadMessage<T>> {
    sizes.add(arrived.value.length, arrived.headers);
    return super.read(type, arrived);
  }
}

const reader = new WeighingReader({ service, keyring, store, verifyToken: tokens.verify, openEarlierSeal: seals.open });
const onRefused = (topic: string, code: string): void => complain(`${topic}: ${code}`);
const pipeline = new MessagePipeline({ reader, writer, audit, committer, relay, inbox, sealingKey, onRefused });
// A group of its own, beside the real service's.
const server = new ExchangeServer({
  kafka,
  clientId: `${service}.dressed`,
  producer,
  service: `${service}.dressed`,
  instance: '0',
  pipeline,
  relay,
  onError: complain,
});

const nothing = { emit: [], audit: [] };

async function handle(received: Received<FloorBody>): Promise<unknown> {
  const { body, commit } = received;
  if (service === 'audit-ledger') return nothing;
  const out = dressedOut(service);
  if (service === 'gateway' || out === undefined) {
    await commit('main', nothing);
    awaited.answered(body.txn, Buffer.from(JSON.stringify(body)));
    return undefined;
  }
  return { emit: [emission(out, body)], audit: [{ action: 'floor.hop', outcome: 'success' }] };
}

const type = dressedIn(service);
if (type === undefined) throw new RangeError('The process has no place on the floor.');
const consumption = { type, delivery: 'queue', room: 0 } as unknown as Consumption;
server.addHandler(type.topic, (received) => handle(received as Received<FloorBody>), true, { consumption });
await new Promise<void>((resolve, reject) => {
  server.listen((error) =>
    error === undefined ? resolve() : reject(error instanceof Error ? error : new Error(String(error))),
  );
});
await openDoor({
  port: Number(env('PORT')),
  tls: { certPath: env('TLS_CERT'), keyPath: env('TLS_KEY') },
  sizes,
  ask: dressedAsk({ keyring, tokens, writer, audit, committer, relay, awaited }),
});
process.once('SIGTERM', () => {
  void server
    .close()
    .then(() => pool.end())
    .finally(() => process.exit(0));
});
