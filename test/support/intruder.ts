import { type JsonWebKey, createPrivateKey } from 'node:crypto';
import { dirname, join } from 'node:path';

import { type QueryRequested, type ServiceName, deadLetterTopic, queryRequested } from '@hie/contracts';
import { MessageWriter, connectKafka } from '@hie/messaging';
import { keyFilesIn, protectionIn, stolenKeysIn } from '@hie/local-exchange';
import { type TransactionClaims, mintTransactionToken } from '@hie/purpose-of-use';
import { FileKeyring } from '@hie/service-kit';
import type { Consumer, IHeaders, KafkaMessage, Producer } from 'kafkajs';

import type { SharedExchange } from './shared-exchange.js';

/** A message as it lies on the log. */
export interface TakenMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
}

/**
 * Somebody inside: holds the broker administrator's certificate, so that Kafka lets everything through, and where a test says so the
 * gateway's private keys too. What still stops such a one is what every consumer checks for itself.
 */
export class Intruder {
  private readonly taken = new Map<string, KafkaMessage[]>();

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
      eachMessage: ({ topic, message }) => {
        intruder.on(topic).push(message);
        return Promise.resolve();
      },
    });
    return intruder;
  }

  on(topic: string): KafkaMessage[] {
    const found = this.taken.get(topic) ?? [];
    this.taken.set(topic, found);
    return found;
  }

  /** The reasons under which messages of a topic were put aside so far. */
  refusals(topic: string): readonly string[] {
    return this.on(deadLetterTopic(topic)).map(({ headers }) => String(headers?.['hie-refusal']));
  }

  async send(topic: string, { key, value, headers }: TakenMessage): Promise<void> {
    await this.producer.send({ topic, messages: [{ key, value, headers }] });
  }

  /**
   * A question under a service's own seal (the gateway's unless said) and a token by the gateway's own key, with claims of the intruder's
   * choice; `now` is the clock that the seal is dated by.
   */
  async question(
    body: QueryRequested,
    claims: TransactionClaims,
    {
      service = 'gateway',
      now = Date.now,
      keysIn: trust = join(this.exchange.run, 'trust'),
    }: { readonly service?: ServiceName; readonly now?: () => number; readonly keysIn?: string } = {},
  ): Promise<TakenMessage> {
    const keyring = new FileKeyring(
      keyFilesIn(trust, service),
      (error) => {
        throw error;
      },
      protectionIn(trust, service),
    );
    const { token: jwk } = stolenKeysIn(trust, 'gateway') as { token: { kid: string } & JsonWebKey };
    const token = mintTransactionToken(claims, jwk.kid, createPrivateKey({ key: jwk, format: 'jwk' }));
    const store = {
      put: () => Promise.resolve(),
      get: () => Promise.resolve(undefined),
      sweep: () => Promise.resolve(),
    };
    const writer = new MessageWriter(keyring, store, service, { now });
    const { message } = await writer.writeWithin(queryRequested, body, writer.begin(token, claims));
    keyring.close();
    return { key: Buffer.from(message.key), value: message.value, headers: { ...message.headers } };
  }

  async leave(): Promise<void> {
    await Promise.all([this.producer.disconnect(), this.consumer.disconnect()]);
  }
}
