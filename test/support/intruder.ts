import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';

import {
  type AnyEventType,
  type AuditEvent,
  type EventType,
  type QueryRequested,
  type ServiceName,
  auditEventRecorded,
  deadLetterTopic,
  queryRequested,
} from '@hie/contracts';
import { MessageWriter, type TransactionScope, connectKafka, vouchedEvent } from '@hie/messaging';
import { type TransactionClaims, digestOf, mintTransactionToken } from '@hie/purpose-of-use';
import type { Consumer, IHeaders, KafkaMessage, Producer } from 'kafkajs';

import type { SharedExchange } from './shared-exchange.js';
import { tokenKeyIn } from './transaction-tokens.js';
import { keyringIn } from './keyring-in.js';

/** A message as it lies on the log. */
export interface TakenMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
  /** Where it is put; by its key unless said. */
  readonly partition?: number;
}

/** A message with the partition on which it was found. */
export type PlacedMessage = KafkaMessage & { readonly partition: number };

/**
 * Somebody inside: holds the broker administrator's certificate, so that Kafka lets everything through, and where a test says so the
 * gateway's private keys too. What still stops such a one is what every consumer checks for itself.
 */
export class Intruder {
  private readonly taken = new Map<string, PlacedMessage[]>();

  private constructor(
    private readonly exchange: SharedExchange,
    private readonly producer: Producer,
    private readonly consumer: Consumer,
  ) {}

  static async listeningTo(exchange: SharedExchange, topics: readonly string[]): Promise<Intruder> {
    const { caCertificate, kafka: endpoint } = exchange.description;
    const certificates = dirname(caCertificate);
    const kafka = connectKafka({
      brokers: endpoint.brokers.split(','),
      clientId: 'intruder',
      tls: {
        caPath: caCertificate,
        certPath: join(certificates, 'admin.crt.pem'),
        keyPath: join(certificates, 'admin.key.pem'),
      },
      log: () => undefined,
    });
    const producer = kafka.producer();
    const consumer = kafka.consumer({ groupId: `intruder-${process.pid}-${Date.now()}` });
    const intruder = new Intruder(exchange, producer, consumer);
    await Promise.all([producer.connect(), consumer.connect()]);
    await consumer.subscribe({
      topics: topics.flatMap((topic) => [topic, deadLetterTopic(topic)]),
      fromBeginning: true,
    });
    await consumer.run({
      eachMessage: ({ topic, partition, message }) => {
        intruder.on(topic).push({ ...message, partition });
        return Promise.resolve();
      },
    });
    return intruder;
  }

  on(topic: string): PlacedMessage[] {
    const found = this.taken.get(topic) ?? [];
    this.taken.set(topic, found);
    return found;
  }

  /** The reasons under which messages of a topic were put aside so far. */
  refusals(topic: string): readonly string[] {
    return this.on(deadLetterTopic(topic)).map(({ headers }) => String(headers?.['hie-refusal']));
  }

  async send(topic: string, { key, value, headers, partition }: TakenMessage): Promise<void> {
    const place = partition === undefined ? {} : { partition };
    await this.producer.send({ topic, messages: [{ key, value, headers, ...place }] });
  }

  /**
   * A question under a service's own seal (the gateway's unless said) and a token by the gateway's own key, with claims of the intruder's
   * choice; `token` is put in that one's place as it is, and `now` is the clock that the seal is dated by.
   */
  async question(
    body: QueryRequested,
    claims: TransactionClaims,
    {
      service = 'gateway',
      now = Date.now,
      keysIn: trust = this.trust,
      token,
    }: {
      readonly service?: ServiceName;
      readonly now?: () => number;
      readonly keysIn?: string;
      readonly token?: string;
    } = {},
  ): Promise<TakenMessage> {
    const { kid, key } = tokenKeyIn(trust);
    const carried = token ?? mintTransactionToken(claims, kid, key);
    const { message } = await writtenBy(trust, service, now, (writer) =>
      writer.writeWithin(queryRequested, body, writer.begin(carried, claims)),
    );
    return message;
  }

  /** A question under the gateway's own seal that goes on where a later hop has come to: after that hop's seals, under its token. */
  async backFrom({ headers = {} }: KafkaMessage): Promise<TakenMessage> {
    const token = String(headers['hie-token']);
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as TransactionClaims;
    const seals = String(headers['hie-seals']).split(' ');
    const last = digestOf(seals.at(-1) ?? '');
    const { message } = await writtenBy(this.trust, 'gateway', Date.now, (writer) => {
      const scope = { ...writer.begin(token, claims), seals, lastSealDigest: last };
      return writer.writeWithin(queryRequested, { txn: claims.txn, query: randomUUID() }, scope);
    });
    return message;
  }

  /**
   * The last message of a transaction's way through these topics, under any token: as if every service before had let it pass, each of
   * them seals in its turn with its own stolen key.
   */
  async passedOn(types: readonly AnyEventType[], claims: TransactionClaims, token: string): Promise<TakenMessage> {
    let scope: TransactionScope | undefined;
    let passed: TakenMessage = { key: null, value: null, headers: {} };
    for (const type of types) {
      // Of nobody's: the members of an example have no keys.
      const body = { ...(type.example as object), txn: claims.txn, custodians: [] };
      const { message, sealDigest } = await writtenBy(
        this.trust,
        type.producers[0] as ServiceName,
        Date.now,
        (writer) => {
          scope ??= writer.begin(token, claims);
          return writer.writeWithin(type, body, scope);
        },
      );
      const seals = String(message.headers['hie-seals']).split(' ');
      scope = { ...(scope as unknown as TransactionScope), seals, lastSealDigest: sealDigest };
      passed = message;
    }
    return passed;
  }

  /** A service's own event, under that service's stolen key. */
  async told<T>(type: EventType<T>, body: T, service: ServiceName): Promise<TakenMessage> {
    const { message } = await writtenBy(this.trust, service, Date.now, (writer) => writer.write(type, body));
    return message;
  }

  /** An event for the ledger as a service tells it, under that service's stolen key. @param signed what its word is on */
  async toldLedger(event: AuditEvent, service: ServiceName, signed = event): Promise<TakenMessage> {
    const keyring = keyringIn(this.trust, service);
    const { vouched } = vouchedEvent(signed, keyring.sealingKey());
    keyring.close();
    return this.told(auditEventRecorded, { ...event, vouched }, service);
  }

  private get trust(): string {
    return join(this.exchange.run, 'trust');
  }

  async leave(): Promise<void> {
    await Promise.all([this.producer.disconnect(), this.consumer.disconnect()]);
  }
}

/** What a service writes that has these keys, as it lies on the log. */
async function writtenBy(
  trust: string,
  service: ServiceName,
  now: () => number,
  write: (writer: MessageWriter) => ReturnType<MessageWriter['writeWithin']>,
): Promise<{ readonly message: TakenMessage; readonly sealDigest: string }> {
  const keyring = keyringIn(trust, service);
  const store = {
    put: () => Promise.resolve(),
    get: () => Promise.resolve(undefined),
    sweep: () => Promise.resolve(),
  };
  const { message, sealDigest } = await write(new MessageWriter(keyring, store, service, { now }));
  keyring.close();
  const { key, value, headers } = message;
  return { message: { key: Buffer.from(key), value, headers: { ...headers } }, sealDigest };
}
