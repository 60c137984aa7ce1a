// The whole way on a real broker and a real database: inbox, outbox, redelivery, replay, poison, dead letters (ATTACKS E1, E2, E6, E7, E10).
import { randomUUID } from 'node:crypto';

import { type EventType, auditEventRecorded, auditTallied, deadLetterTopic } from '@hie/contracts';
import { createInboxAndOutbox, createToldEvents, outboxInsert } from '@hie/persistence';
import { type TestSchema, applyIn, required, testExchangeKeys, testSchema } from '@hie/testing-kit';
import type { Kafka, KafkaMessage } from 'kafkajs';
import { z } from 'zod';

import type { ObjectStore } from './claim-check.js';
import { type ExchangeMessaging, exchangeMessaging } from './exchange-messaging.js';
import { type Handler, type Received, emission } from './hop.js';
import { connectKafka } from './kafka.js';
import { MessageWriter } from './message-writer.js';

const keys = testExchangeKeys();
const store: ObjectStore = {
  put: () => Promise.resolve(),
  get: () => Promise.resolve(undefined),
  sweep: () => Promise.resolve(),
};
const run = randomUUID().slice(0, 8);

interface Note {
  readonly id: string;
  readonly text: string;
}

const noteType = (
  topic: string,
  producer: 'gateway' | 'consent',
  consumer: 'consent' | 'gateway',
): EventType<Note> => ({
  topic: `${topic}.${run}`,
  schema: z.object({ id: z.string(), text: z.string() }),
  key: ({ id }) => id,
  producers: [producer],
  consumers: [consumer],
  retention: { kind: 'delete', retentionMs: 60_000 },
  partitions: 1,
  authority: 'service',
  encrypted: true,
  members: () => [],
  outlivesDeadline: true,
  chain: 'links',
  maxBytes: 100_000,
  example: { id: '1', text: 'x' },
});
const asked = noteType('test.asked', 'gateway', 'consent');
const answered = noteType('test.answered', 'consent', 'gateway');

const kafkaSettings = (clientId: string) => ({
  brokers: required('KAFKA_BROKERS').split(','),
  clientId,
  tls: { caPath: required('TLS_CA'), certPath: required('TLS_CERT'), keyPath: required('TLS_KEY') },
  log: () => undefined,
});

async function eventually<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('It never came.');
}

describe('a service on the log', () => {
  let kafka: Kafka;
  let schema: TestSchema;
  let consent: ExchangeMessaging;
  const refused: string[] = [];
  const seen: { readonly topic: string; readonly message: KafkaMessage }[] = [];
  const handled: string[] = [];
  const writer = new MessageWriter(keys.keyringOf('gateway'), store, 'gateway');
  const producer = () => kafka.producer();

  const handler: Handler<Note> = ({ body }) => {
    handled.push(body.id);
    if (body.text === 'poison') return Promise.reject(new TypeError('defect'));
    return Promise.resolve({
      emit: [emission(answered, { ...body, text: 'answer' })],
      audit: [{ action: 'test', outcome: 'success' }],
    });
  };

  const start = async (): Promise<ExchangeMessaging> => {
    const messaging = exchangeMessaging({
      service: 'consent',
      instance: '0',
      kafka: kafkaSettings('consent'),
      keyring: keys.keyringOf('consent'),
      pool: schema.pool,
      store,
      verifyToken: () => {
        throw new Error('no tokens here');
      },
      onError: () => undefined,
      onRefused: (_topic, code) => refused.push(code),
    });
    const extras = { consumption: { type: asked, delivery: 'queue', room: 0 } };
    messaging.server.addHandler(asked.topic, ((received: Received<Note>) => handler(received)) as never, true, extras);
    await new Promise<void>((resolve, reject) =>
      messaging.server.listen((error) => (error ? reject(error as Error) : resolve())),
    );
    return messaging;
  };
  const send = async (messages: readonly { value: Buffer; headers: Record<string, string> }[]) => {
    const sender = producer();
    await sender.connect();
    await sender.send({ topic: asked.topic, messages: messages.map((message) => ({ key: 'k', ...message })) });
    await sender.disconnect();
  };
  const note = async (id: string, text = 'hello') => {
    const { message } = await writer.write(asked, { id, text });
    return { value: message.value, headers: { ...message.headers } };
  };
  const on = (topic: string) => seen.filter((one) => one.topic === topic).map(({ message }) => message);

  beforeAll(async () => {
    kafka = connectKafka(kafkaSettings('spec'));
    schema = await testSchema();
    await applyIn(schema, createInboxAndOutbox);
    await applyIn(schema, createToldEvents);
    const admin = kafka.admin();
    await admin.connect();
    const own = [asked.topic, deadLetterTopic(asked.topic), answered.topic];
    const topics = [...own, auditEventRecorded.topic, auditTallied.topic];
    const existing = await admin.listTopics();
    await admin.createTopics({
      topics: topics
        .filter((topic) => !existing.includes(topic))
        .map((topic) => ({ topic, numPartitions: 1, replicationFactor: 1 })),
    });
    await admin.disconnect();
    const watcher = kafka.consumer({ groupId: `spec.${run}` });
    await watcher.connect();
    await watcher.subscribe({ topics: [answered.topic, deadLetterTopic(asked.topic)], fromBeginning: true });
    await watcher.run({
      eachMessage: ({ topic, message }) => {
        seen.push({ topic, message });
        return Promise.resolve();
      },
    });
    stopWatching = () => watcher.disconnect();
    consent = await start();
  }, 60_000);
  let stopWatching = (): Promise<void> => Promise.resolve();
  afterAll(async () => {
    await consent.server.close();
    await stopWatching();
    await schema.drop();
  });

  it('handles a message, stores what it caused and sends it on', async () => {
    await send([await note('first')]);
    await eventually(() => on(answered.topic)[0]);
    expect(handled).toContain('first');
    const { rows } = await schema.pool.query<{ topic: string }>('select topic from inbox');
    expect(rows).toEqual([{ topic: asked.topic }]);
    await eventually(async () => (await schema.pool.query('select 1 from outbox')).rowCount === 0);
  });

  it('has one effect of a message sent a hundred times', async () => {
    const message = await note('hundred');
    const before = on(answered.topic).length;
    await send(Array.from({ length: 100 }, () => message));
    await send([await note('after the hundred')]);
    await eventually(() => handled.includes('after the hundred'));
    await eventually(() => on(answered.topic).length === before + 2);
    expect(refused.filter((code) => code === 'replayed')).toHaveLength(99);
  });

  it('tries a poison pill three times, puts it aside with its reason, and goes on', async () => {
    await send([await note('bad', 'poison'), await note('good')]);
    const letter = await eventually(() =>
      on(deadLetterTopic(asked.topic)).find(({ headers }) => String(headers?.['hie-refusal']) === 'defect'),
    );
    expect(handled.filter((id) => id === 'bad')).toHaveLength(3);
    await eventually(() => handled.includes('good'));
    expect(letter.value).toBeInstanceOf(Buffer);
  });

  it.each<[string, () => Promise<{ value: Buffer; headers: Record<string, string> }>, string]>([
    ['no seal at all', () => Promise.resolve({ value: Buffer.from('{}'), headers: {} }), 'header-missing'],
    ['another service’s seal', () => forged(), 'producer-not-allowed'],
    ['a changed body', async () => ({ ...(await note('changed')), value: Buffer.from('other') }), 'body-mismatch'],
  ])('puts a message with %s aside, has no effect of it, and tells the ledger', async (_name, make, code) => {
    const audited = async () =>
      (await schema.pool.query(`select 1 from inbox where part = 'dead-letter'`)).rowCount ?? 0;
    const before = await audited();
    await send([await make()]);
    await eventually(() =>
      on(deadLetterTopic(asked.topic)).find(({ headers }) => String(headers?.['hie-refusal']) === code),
    );
    expect(await audited()).toBe(before + 1);
  });

  it('goes on where it was after a restart, and sends what a crash left in the outbox', async () => {
    await consent.server.close();
    const before = handled.length;
    const { record } = await new MessageWriter(keys.keyringOf('consent'), store, 'consent').write(answered, {
      id: 'left behind',
      text: 'x',
    });
    const { text, values } = outboxInsert([record]);
    await schema.pool.query(text, values);
    await schema.pool.query(`update outbox set created_at = now() - interval '1 minute'`);
    const count = on(answered.topic).length;
    consent = await start();
    await eventually(() => on(answered.topic).length > count);
    await send([await note('after the restart')]);
    await eventually(() => handled.includes('after the restart'));
    expect(handled.length).toBe(before + 1);
  }, 30_000);

  async function forged() {
    const { message } = await new MessageWriter(keys.keyringOf('consent'), store, 'consent').write(asked, {
      id: 'forged',
      text: 'x',
    });
    return { value: message.value, headers: { ...message.headers } };
  }
});
