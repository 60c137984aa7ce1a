import type { Admin, Kafka } from 'kafkajs';

import { withRetry } from './retry.js';

/** Up to where a partition reached when it was asked. */
export interface TableEnd {
  readonly topic: string;
  readonly partition: number;
  readonly upTo: bigint;
}

/** A topic that was just made has no leader for a moment, and kafkajs asks for offsets only once. */
const ATTEMPTS = 8;

/** Where the partitions of the topics end that hold anything: whoever has read so far knows what there was. */
export async function tableEnds(kafka: Pick<Kafka, 'admin'>, topics: readonly string[]): Promise<readonly TableEnd[]> {
  if (topics.length === 0) return [];
  const admin = kafka.admin();
  await admin.connect();
  try {
    const ends = await Promise.all(topics.map((topic) => endsOf(admin, topic)));
    return ends.flat();
  } finally {
    await admin.disconnect();
  }
}

async function endsOf(admin: Admin, topic: string): Promise<readonly TableEnd[]> {
  const offsets = await withRetry(() => admin.fetchTopicOffsets(topic), {
    attempts: ATTEMPTS,
    onWait: () => Promise.resolve(),
    signal: new AbortController().signal,
  });
  return offsets
    .filter(({ high, low }) => BigInt(high) > BigInt(low))
    .map(({ partition, high }) => ({ topic, partition, upTo: BigInt(high) }));
}
