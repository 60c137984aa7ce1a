import { randomUUID } from 'node:crypto';

import { required } from '@hie/testing-kit';
import type { Admin, Consumer, Kafka } from 'kafkajs';

import { dismissPredecessors } from './dismiss-predecessors.js';
import { connectKafka } from './kafka.js';

const groupId = `consent.predecessors-${randomUUID().slice(0, 8)}`;
const topic = 'audit.receipts.v1';

const clientOf = (clientId: string): Kafka =>
  connectKafka({
    brokers: required('KAFKA_BROKERS').split(','),
    clientId,
    tls: { caPath: required('TLS_CA'), certPath: required('TLS_CERT'), keyPath: required('TLS_KEY') },
    log: () => undefined,
  });

describe(dismissPredecessors.name, () => {
  let admin: Admin;
  let consumers: Consumer[] = [];

  const join = async (clientId: string): Promise<void> => {
    const consumer = clientOf(clientId).consumer({ groupId, retry: { retries: 0 } });
    consumers.push(consumer);
    await consumer.connect();
    await consumer.subscribe({ topics: [topic] });
    const joined = new Promise<void>((resolve) => consumer.on(consumer.events.FETCH_START, () => resolve()));
    await consumer.run({ eachMessage: () => Promise.resolve() });
    await joined;
  };
  const members = async (): Promise<string[]> => {
    const { groups } = await admin.describeGroups([groupId]);
    return groups.flatMap((group) => group.members.map(({ clientId }) => clientId)).sort();
  };

  beforeAll(async () => {
    admin = clientOf('spec').admin();
    await admin.connect();
    if (!(await admin.listTopics()).includes(topic)) {
      await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] });
    }
  });
  afterEach(async () => {
    await Promise.all(consumers.map((consumer) => consumer.disconnect()));
    consumers = [];
  });
  afterAll(() => admin.disconnect());

  it('lets the members of this client leave, and no other', async () => {
    await join('consent.0');
    expect(await members()).toEqual(['consent.0']);
    expect(await dismissPredecessors(clientOf('consent.1'), 'consent.1', [groupId])).toBe(0);
    expect(await members()).toEqual(['consent.0']);

    expect(await dismissPredecessors(clientOf('consent.0'), 'consent.0', [groupId])).toBe(1);
    expect(await members()).toEqual([]);
  });

  it('finds nobody in a group that there never was', async () => {
    expect(await dismissPredecessors(clientOf('consent.0'), 'consent.0', [`consent.${randomUUID()}`])).toBe(0);
  });

  it('refuses a client that kafkajs did not make', async () => {
    await expect(dismissPredecessors({} as Kafka, 'consent.0', [groupId])).rejects.toThrow(RangeError);
  });
});
