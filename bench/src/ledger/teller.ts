import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';

import { type AuditEvent, type AuditReceipt, auditEventRecorded, auditReceiptIssued } from '@hie/contracts';
import type { ComposedExchange, RunFolder } from '@hie/local-exchange';
import { CoalescingSender, MessageWriter, type OutgoingMessage, connectKafka, vouchedEvent } from '@hie/messaging';
import kafkajs from 'kafkajs';

import { keyringIn } from '../shared/keyring-in.js';

/** Tells the ledger what never happened, under the gateway's own seal, and hears its receipts. */
export interface Teller {
  /** Seals events beforehand: it is the ledger that is measured. */
  write(
    count: number,
    receiptWanted: boolean,
  ): Promise<readonly { readonly eventId: string; readonly message: OutgoingMessage }[]>;
  send(messages: readonly OutgoingMessage[]): Promise<void>;
  /** When each receipt came, by event, on the clock of `performance.now()`. */
  readonly heard: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** Persons that the events speak of: few enough that each comes again, as in a query. */
const PERSONS = 100;

export async function startTeller(
  run: RunFolder,
  { description }: Pick<ComposedExchange, 'description'>,
): Promise<Teller> {
  const keyring = keyringIn(join(run.path, 'trust'), 'gateway');
  const none = { put: () => Promise.resolve(), get: () => Promise.resolve(undefined), sweep: () => Promise.resolve() };
  const writer = new MessageWriter(keyring, none, 'gateway');
  const certificates = dirname(description.caCertificate);
  const kafka = connectKafka({
    brokers: description.kafka.brokers.split(','),
    clientId: 'bench-ledger',
    tls: {
      caPath: description.caCertificate,
      certPath: join(certificates, 'admin.crt.pem'),
      keyPath: join(certificates, 'admin.key.pem'),
    },
    log: (_level, message) => process.stderr.write(`${message}\n`),
  });
  const { DefaultPartitioner: createPartitioner } = kafkajs.Partitioners;
  const producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner });
  const consumer = kafka.consumer({ groupId: `bench-ledger-${process.pid}`, minBytes: 1, maxWaitTimeInMs: 1_000 });
  const heard = new Map<string, number>();
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topics: [auditReceiptIssued.topic] });
  await consumer.run({
    eachBatch: ({ batch }) => {
      const now = performance.now();
      for (const { value } of batch.messages) heard.set(eventIdOf(value), now);
      return Promise.resolve();
    },
  });
  // As a service sends: one request at a time, with all that came meanwhile.
  const sender = new CoalescingSender(producer);
  const persons = Array.from({ length: PERSONS }, () => randomUUID());

  return {
    heard,
    write: async (count, receiptWanted) => {
      const written = [];
      for (let at = 0; at < count; at += 1) {
        const event = vouchedEvent(eventOf(persons[at % PERSONS] as string, receiptWanted), keyring.sealingKey());
        const { message } = await writer.write(auditEventRecorded, event);
        written.push({ eventId: event.eventId, message });
      }
      return written;
    },
    send: (messages) => sender.send(messages),
    stop: async () => {
      keyring.close();
      await Promise.all([producer.disconnect(), consumer.disconnect()]);
    },
  };
}

const eventOf = (personId: string, receiptWanted: boolean): AuditEvent => ({
  ...auditEventRecorded.example,
  eventId: randomUUID(),
  txn: randomUUID(),
  // No step of a query's way, whose other steps the ledger would miss.
  action: 'request.refused',
  service: 'gateway',
  personId,
  at: new Date().toISOString(),
  receiptWanted,
});

/** The message's value begins with its form's byte; a receipt is not encrypted. */
function eventIdOf(value: Buffer | null): string {
  const text = value?.toString('utf8') ?? '';
  return (JSON.parse(text.slice(text.indexOf('{'))) as AuditReceipt).eventId;
}
