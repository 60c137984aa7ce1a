// What the code says of topics against what a real broker has.
import { randomUUID } from 'node:crypto';

import { required } from '@hie/testing-kit';
import kafkajs, { type Admin } from 'kafkajs';

import { connectKafka } from './kafka.js';
import { type Drift, type TopicSettings, findDrift, provisionTopics, refuseDrift } from './provision-topics.js';

const run = randomUUID().slice(0, 8);
const settings: readonly TopicSettings[] = [
  { topic: `drift.rows.${run}`, partitions: 1, config: { 'cleanup.policy': 'delete', 'retention.ms': '60000' } },
  { topic: `drift.table.${run}`, partitions: 2, config: { 'cleanup.policy': 'compact' } },
];
const [rows, table] = settings.map(({ topic }) => topic) as [string, string];

/** As a start of the exchange does it: over a connection of its own, which remembers nothing of the topics. */
async function administered<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
  const tls = { caPath: required('TLS_CA'), certPath: required('TLS_CERT'), keyPath: required('TLS_KEY') };
  const brokers = required('KAFKA_BROKERS').split(',');
  const admin = connectKafka({ brokers, clientId: 'drift', tls, log: () => undefined }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

const provision = (): Promise<readonly Drift[]> => administered((admin) => provisionTopics(admin, 1, settings));

describe('topics at a broker', () => {
  afterAll(() => administered((admin) => admin.deleteTopics({ topics: [rows, table] })));

  it('are created as the code says, once', async () => {
    expect(await provision()).toEqual([]);
    expect(await administered((admin) => findDrift(admin, settings))).toEqual([]);
    expect(await provision()).toEqual([]);
  });

  it('that somebody has changed since are named, each setting with what is expected and found, and left as they are', async () => {
    const configEntries = [{ name: 'retention.ms', value: '1000' }];
    const resources = [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: rows, configEntries }];
    await administered(async (admin) => {
      await admin.alterConfigs({ validateOnly: false, resources });
      await admin.createPartitions({ topicPartitions: [{ topic: table, count: 3 }] });
    });

    const expected = [
      { topic: rows, setting: 'retention.ms', expected: '60000', found: '1000' },
      { topic: table, setting: 'partitions', expected: '2', found: '3' },
    ];
    const drift = await provision();
    expect(drift).toEqual(expected);
    expect(await provision()).toEqual(expected);
    expect(() => refuseDrift(drift)).toThrow(
      expect.objectContaining({ code: 'topic-drift', detail: `${rows}: retention.ms` }),
    );
  });
});
