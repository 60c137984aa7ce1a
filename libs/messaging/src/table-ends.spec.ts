import type { Admin } from 'kafkajs';

import { tableEnds } from './table-ends.js';

/** A broker that answers after some failures. */
function kafka(failures: number) {
  let [asked, isConnected] = [0, false];
  const admin = {
    connect: () => Promise.resolve(void (isConnected = true)),
    disconnect: () => Promise.resolve(void (isConnected = false)),
    fetchTopicOffsets: () => {
      asked += 1;
      if (asked <= failures) return Promise.reject(Object.assign(new Error('not the leader'), { code: 6 }));
      return Promise.resolve([
        { partition: 0, offset: '7', high: '7', low: '2' },
        { partition: 1, offset: '3', high: '3', low: '3' },
      ]);
    },
  } as unknown as Admin;
  return { kafka: { admin: () => admin }, isConnected: () => isConnected };
}

describe(tableEnds.name, () => {
  it('says where partitions end that hold anything', async () => {
    await expect(tableEnds(kafka(0).kafka, ['t'])).resolves.toEqual([{ topic: 't', partition: 0, upTo: 7n }]);
    await expect(tableEnds(kafka(0).kafka, [])).resolves.toEqual([]);
  });

  it('asks again while a new topic has no leader', async () => {
    await expect(tableEnds(kafka(2).kafka, ['t'])).resolves.toHaveLength(1);
  });

  it('gives up at last, and leaves no connection', async () => {
    const broken = kafka(99);
    await expect(tableEnds(broken.kafka, ['t'])).rejects.toThrow('not the leader');
    expect(broken.isConnected()).toBe(false);
  }, 20_000);
});
