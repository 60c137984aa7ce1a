// A service that must know what others have said by now: it asks a real Kafka where the topic ends and reads up to there (ATTACKS B8).
import { randomUUID } from 'node:crypto';

import type { EventType } from '@hie/contracts';
import { createInboxAndOutbox, createToldEvents } from '@hie/persistence';
import { type TestSchema, applyIn, required, testExchangeKeys, testSchema } from '@hie/testing-kit';
import { z } from 'zod';

import type { ObjectStore } from './claim-check.js';
import { type ExchangeMessaging, exchangeMessaging } from './exchange-messaging.js';
import type { Received } from './hop.js';
import { connectKafka } from './kafka.js';
import { MessageWriter } from './message-writer.js';

const keys = testExchangeKeys();
const store: ObjectStore = {
  put: () => Promise.resolve(),
  get: () => Promise.resolve(undefined),
  sweep: () => Promise.resolve(),
};

interface Word {
  readonly id: string;
}
const word: EventType<Word> = {
  topic: `test.word.${randomUUID().slice(0, 8)}`,
  schema: z.object({ id: z.string() }),
  key: ({ id }) => id,
  producers: ['consent'],
  consumers: ['gateway'],
  retention: { kind: 'delete', retentionMs: 60_000 },
  partitions: 1,
  authority: 'service',
  encrypted: true,
  members: () => [],
  outlivesDeadline: true,
  chain: 'links',
  maxBytes: 100_000,
  example: { id: '1' },
};

const settings = (clientId: string) => ({
  brokers: required('KAFKA_BROKERS').split(','),
  clientId,
  tls: { caPath: required('TLS_CA'), certPath: required('TLS_CERT'), keyPath: required('TLS_KEY') },
  log: () => undefined,
});

describe('a table of what others have said', () => {
  let schema: TestSchema;
  let gateway: ExchangeMessaging;
  const producer = connectKafka(settings('spec')).producer();
  const writer = new MessageWriter(keys.keyringOf('consent'), store, 'consent');
  const known = new Set<string>();
  /** Holds up what is being handled, as a busy process does. */
  let pause: Promise<unknown> = Promise.resolve();

  const say = async (ids: readonly string[]): Promise<void> => {
    const written = await Promise.all(ids.map((id) => writer.write(word, { id })));
    await producer.send({
      topic: word.topic,
      acks: -1,
      messages: written.map(({ message: { key, value, headers } }) => ({ key, value, headers: { ...headers } })),
    });
  };

  beforeAll(async () => {
    schema = await testSchema();
    await applyIn(schema, createInboxAndOutbox);
    await applyIn(schema, createToldEvents);
    const admin = connectKafka(settings('spec')).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: word.topic, numPartitions: 1, replicationFactor: 1 }] });
    await admin.disconnect();
    await producer.connect();
    await say(['before the start']);
    gateway = exchangeMessaging({
      service: 'gateway',
      instance: '0',
      kafka: settings('gateway'),
      keyring: keys.keyringOf('gateway'),
      pool: schema.pool,
      store,
      verifyToken: () => {
        throw new Error('no tokens here');
      },
      onError: () => undefined,
      onRefused: () => undefined,
    });
    const handler = async ({ body }: Received<Word>): Promise<undefined> => {
      await pause;
      known.add(body.id);
    };
    const extras = { consumption: { type: word, delivery: 'table', room: 0 } };
    gateway.server.addHandler(word.topic, handler as never, true, extras);
    await new Promise<void>((resolve, reject) =>
      gateway.server.listen((error) => (error ? reject(error as Error) : resolve())),
    );
    await gateway.server.whenCaughtUp;
  }, 60_000);
  afterAll(async () => {
    await gateway.server.close();
    await producer.disconnect();
    await schema.drop();
  });

  it('holds all that was on the log when it was asked for, each time', async () => {
    for (let round = 0; round < 20; round += 1) {
      const ids = Array.from({ length: 1 + (round % 5) }, (_, at) => `${round}/${at}`);
      await say(ids);
      await gateway.server.readToEnd([word.topic]);
      expect(ids.filter((id) => !known.has(id))).toEqual([]);
    }
    expect(known).toContain('before the start');
  });

  it('is not said to be read while a message of it is still being handled', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    pause = promise;
    await say(['slow']);
    let isRead = false;
    const reading = gateway.server.readToEnd([word.topic]).then(() => {
      isRead = true;
    });
    await new Promise((resume) => setTimeout(resume, 300));
    expect([isRead, known.has('slow')]).toEqual([false, false]);
    resolve(undefined);
    await reading;
    expect(known).toContain('slow');
  });

  it('says when Kafka was asked, not when it had been read', async () => {
    const asked = performance.now();
    const at = await gateway.server.readToEnd([word.topic]);
    expect(at).toBeGreaterThanOrEqual(asked);
    expect(at).toBeLessThan(performance.now());
  });
});
