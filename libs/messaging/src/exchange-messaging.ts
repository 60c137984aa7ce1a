import type { ServiceName } from '@hie/contracts';
import { GroupCommitter, type OutboxRecord, OutboxStore, ToldEvents } from '@hie/persistence';
import type { VerifyToken } from '@hie/purpose-of-use';
import kafkajs from 'kafkajs';
import type { Pool } from 'pg';

import { AuditTallies } from './audit-tallies.js';
import { AuditTrail } from './audit-trail.js';
import { AuditWriter } from './audit-writer.js';
import type { ObjectStore } from './claim-check.js';
import { CoalescingSender } from './coalescing-sender.js';
import { ExchangeServer } from './exchange-server.js';
import { type KafkaSettings, connectKafka } from './kafka.js';
import { DeadLetterBox } from './dead-letter-box.js';
import type { Keyring } from './keyring.js';
import { MessagePipeline } from './message-pipeline.js';
import { MessageReader, earlierSeals } from './message-reader.js';
import { MessageWriter } from './message-writer.js';
import { OutboxRelay } from './outbox-relay.js';

// CommonJS: see provision-topics.ts.
const { Partitioners } = kafkajs;

export interface ExchangeMessagingOptions {
  readonly service: ServiceName;
  readonly instance: string;
  readonly kafka: KafkaSettings;
  readonly keyring: Keyring;
  readonly pool: Pool;
  readonly store: ObjectStore;
  readonly verifyToken: VerifyToken;
  readonly onError: (error: unknown) => void;
  readonly onRefused: (topic: string, code: string, error: unknown) => void;
}

/** Everything a service needs to speak on the log, put together once. */
export interface ExchangeMessaging {
  readonly server: ExchangeServer;
  readonly writer: MessageWriter;
  readonly audit: AuditWriter;
  readonly trail: AuditTrail;
  readonly committer: GroupCommitter;
  readonly relay: OutboxRelay;
  readonly deadLetters: DeadLetterBox;
  /** Sends committed records and says whether the log has them; what fails stays in the outbox and is sent by the relay's sweep. */
  readonly handOff: (records: readonly OutboxRecord[]) => Promise<boolean>;
}

export function exchangeMessaging(options: ExchangeMessagingOptions): ExchangeMessaging {
  const { service, instance, keyring, pool, store, verifyToken, onError, onRefused } = options;
  const kafka = connectKafka(options.kafka);
  // Not idempotent: a broker's restart can leave kafkajs' sequence numbers behind for good, and the inbox drops what comes twice.
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  const seals = earlierSeals(keyring);
  const writer = new MessageWriter(keyring, store, service, { onFirstSeal: seals.made });
  const sealingKey = () => keyring.sealingKey();
  const audit = new AuditWriter(service, writer, sealingKey);
  const committer = new GroupCommitter(pool);
  const outbox = new OutboxStore(pool);
  const relay = new OutboxRelay({ store: outbox, sender: new CoalescingSender(producer), onError });
  const reader = new MessageReader({ service, keyring, store, verifyToken, openEarlierSeal: seals.open });
  const pipeline = new MessagePipeline({
    ...{ reader, writer, audit, committer, relay, inbox: outbox, sealingKey, onRefused },
  });
  const tallies = new AuditTallies({ service, events: new ToldEvents(pool), writer, relay, onError });
  const server = new ExchangeServer({
    kafka,
    clientId: options.kafka.clientId,
    producer,
    service,
    instance,
    pipeline,
    relay,
    tallies,
    onError,
  });
  const trail = new AuditTrail(audit, committer, relay);
  const deadLetters = new DeadLetterBox({ kafka, service, instance, keyring, inbox: outbox, server });
  return { server, writer, audit, trail, committer, relay, deadLetters, handOff: (records) => relay.handOff(records) };
}
