// What was put aside is taken up again at a person's word: on a real broker and a real database, with all that is checked of a message.
import { randomUUID } from 'node:crypto';

import { type EventType, type Retention, auditEventRecorded, auditTallied, deadLetterTopic } from '@hie/contracts';
import { createInboxAndOutbox, createToldEvents } from '@hie/persistence';
import { type TestSchema, applyIn, required, testExchangeKeys, testSchema } from '@hie/testing-kit';
import type { Kafka } from 'kafkajs';
import { z } from 'zod';

import type { ObjectStore } from './claim-check.js';
import type { LetterList } from './dead-letter-box.js';
import { writeLetter } from './dead-letter.js';
import { type ExchangeMessaging, exchangeMessaging } from './exchange-messaging.js';
import type { Received } from './hop.js';
import { connectKafka } from './kafka.js';
import { MessageWriter } from './message-writer.js';
import { unpackRecord } from './record-format.js';

const keys = testExchangeKeys();
const store: ObjectStore = {
  put: () => Promise.resolve(),
  get: () => Promise.resolve(undefined),
  sweep: () => Promise.resolve(),
};
const run = randomUUID().slice(0, 8);

interface Word {
  readonly id: string;
  readonly text: string;
}

const wordType = (name: string, retention: Retention): EventType<Word> => ({
  topic: `test.${name}.${run}`,
  schema: z.object({ id: z.string(), text: z.string() }),
  key: ({ id }) => id,
  producers: ['gateway'],
  consumers: ['consent'],
  retention,
  partitions: 1,
  authority: 'service',
  encrypted: true,
  members: () => [],
  outlivesDeadline: true,
  chain: 'links',
  maxBytes: 100_000,
  example: { id: '1', text: 'x' },
});
const said = wordType('said', { kind: 'delete', retentionMs: 600_000 });
const stands = wordType('stands', { kind: 'compact' });

const kafkaSettings = (clientId: string) => ({
  brokers: required('KAFKA_BROKERS').split(','),
  clientId,
  tls: { caPath: required('TLS_CA'), certPath: required('TLS_CERT'), keyPath: required('TLS_KEY') },
  log: () => undefined,
});

describe('a dead letter', () => {
  let kafka: Kafka;
  let schema: TestSchema;
  let consent: ExchangeMessaging;
  const handled: string[] = [];
  /** What the handler can not do yet. */
  const broken = new Set<string>();
  const writer = new MessageWriter(keys.keyringOf('gateway'), store, 'gateway');

  const handler = ({ body }: Received<Word>) => {
    if (broken.has(body.text)) return Promise.reject(new TypeError('defect'));
    handled.push(body.text);
    return Promise.resolve({ emit: [], audit: [] });
  };
  const put = async (topic: string, value: Buffer, headers: Readonly<Record<string, string>>, key = 'k') => {
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic, messages: [{ key, value, headers: { ...headers } }] });
    await producer.disconnect();
  };
  const say = async (type: EventType<Word>, text: string, id = text) => {
    const { message } = await writer.write(type, { id, text });
    await put(type.topic, message.value, message.headers, message.key);
  };
  const until = async <T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> => {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const found = await look();
      if (found !== undefined) return found;
      await new Promise((resume) => setTimeout(resume, 100));
    }
    throw new Error('It never came.');
  };
  const letters = async (topic: string): Promise<LetterList['letters']> =>
    (await consent.deadLetters.list()).letters.filter(({ message }) => message.topic === topic);
  /** Does something for which a message is put aside. @returns its letter */
  const letterOf = async (topic: string, act: () => Promise<void>) => {
    const known = new Set((await letters(topic)).map(({ offset }) => offset));
    await act();
    return until(async () => (await letters(topic)).find(({ offset }) => !known.has(offset)));
  };
  /** Says what the handler can not do. */
  const putAside = (type: EventType<Word>, text: string, id = text) => {
    broken.add(text);
    return letterOf(type.topic, () => say(type, text, id));
  };

  beforeAll(async () => {
    kafka = connectKafka(kafkaSettings('spec'));
    schema = await testSchema();
    await applyIn(schema, createInboxAndOutbox);
    await applyIn(schema, createToldEvents);
    const admin = kafka.admin();
    await admin.connect();
    const existing = await admin.listTopics();
    const own = [said, stands].flatMap(({ topic }) => [topic, deadLetterTopic(topic)]);
    const topics = [...own, auditEventRecorded.topic, auditTallied.topic].filter((topic) => !existing.includes(topic));
    await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 1, replicationFactor: 1 })) });
    await admin.disconnect();
    consent = exchangeMessaging({
      ...{ service: 'consent', instance: '0', kafka: kafkaSettings('consent'), keyring: keys.keyringOf('consent') },
      ...{ pool: schema.pool, store, onError: () => undefined, onRefused: () => undefined },
      verifyToken: () => {
        throw new Error('no tokens here');
      },
    });
    for (const type of [said, stands]) {
      const extras = { consumption: { type, delivery: 'queue', room: 0 } };
      consent.server.addHandler(type.topic, handler as never, true, extras);
    }
    await new Promise<void>((resolve, reject) =>
      consent.server.listen((error) => (error ? reject(error as Error) : resolve())),
    );
  }, 60_000);
  afterAll(async () => {
    await consent.server.close();
    await schema.drop();
  });

  it('says where the message lay and why it was put aside, and has its effect once when what was broken is mended', async () => {
    const letter = await putAside(said, 'mended');
    expect(letter).toMatchObject({
      refusal: 'defect',
      isHandled: false,
      message: { topic: said.topic, key: 'mended' },
    });
    broken.delete('mended');
    for (let time = 0; time < 3; time += 1)
      expect(await consent.deadLetters.replay(said.topic, letter.offset)).toEqual({ outcome: 'handled' });
    expect(handled.filter((text) => text === 'mended')).toHaveLength(1);
    expect((await letters(said.topic)).find(({ offset }) => offset === letter.offset)).toMatchObject({
      isHandled: true,
    });
  }, 60_000);

  it('is refused again, with the reason of now, and is not put aside twice', async () => {
    const letter = await putAside(said, 'still broken');
    const before = (await letters(said.topic)).length;
    expect(await consent.deadLetters.replay(said.topic, letter.offset)).toEqual({ outcome: 'refused', code: 'defect' });
    expect(await letters(said.topic)).toHaveLength(before);
  }, 60_000);

  it('has what was wrong with it checked again: a seal that is none stays none', async () => {
    const { message } = await writer.write(said, { id: 'forged', text: 'forged' });
    const letter = await letterOf(said.topic, () => put(said.topic, Buffer.from('other'), message.headers));
    expect(letter).toMatchObject({ refusal: 'body-mismatch' });
    const again = await consent.deadLetters.replay(said.topic, letter.offset);
    expect(again).toEqual({ outcome: 'refused', code: 'body-mismatch' });
    expect(handled).not.toContain('forged');
  }, 60_000);

  it('of what was so and is not any more stays where it is', async () => {
    const overtaken = await putAside(stands, 'was so', 'one');
    const current = await putAside(stands, 'is so', 'other');
    await say(stands, 'is so now', 'one');
    await until(() => handled.find((text) => text === 'is so now'));
    broken.clear();
    const { deadLetters } = consent;
    expect(await deadLetters.replay(stands.topic, overtaken.offset)).toEqual({
      outcome: 'refused',
      code: 'superseded',
    });
    expect(await deadLetters.replay(stands.topic, current.offset)).toEqual({ outcome: 'handled' });
    expect(handled.filter((text) => /^(was|is) so$/.test(text))).toEqual(['is so']);
  }, 60_000);

  it('that this service has not written is shown as a stranger’s and never taken up', async () => {
    const { message } = await writer.write(said, { id: 'smuggled', text: 'smuggled' });
    const place = { topic: said.topic, partition: 0, offset: '99', timestampMs: Date.now() };
    const arrived = { ...place, value: message.value, headers: message.headers };
    const letter = unpackRecord(writeLetter(arrived, 'defect', keys.keyringOf('gateway').sealingKey(), Date.now()));
    const before = await consent.deadLetters.list();
    await put(letter.topic, letter.value, letter.headers);
    const after = await consent.deadLetters.list();
    expect([after.letters.length, after.others]).toEqual([before.letters.length, before.others + 1]);
    const ends = await endOf(letter.topic);
    expect(await consent.deadLetters.replay(said.topic, String(ends - 1n))).toBeUndefined();
    expect(handled).not.toContain('smuggled');
  }, 60_000);

  it.each([
    ['a topic that it does not handle', 'audit.events.v1', '0'],
    ['a place where nothing lies', said.topic, '123456'],
  ])('is not found at %s', async (_name, topic, offset) => {
    expect(await consent.deadLetters.replay(topic, offset)).toBeUndefined();
  });

  async function endOf(topic: string): Promise<bigint> {
    const admin = kafka.admin();
    await admin.connect();
    const [partition] = await admin.fetchTopicOffsets(topic);
    await admin.disconnect();
    return BigInt(partition?.high ?? 0);
  }
});
