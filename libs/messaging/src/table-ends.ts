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

/** Asks Kafka again and again where topics end, over one connection. */
export class TableHeads {
  private admin: Promise<Admin> | undefined;

  constructor(private readonly kafka: Pick<Kafka, 'admin'>) {}

  async of(topics: readonly string[]): Promise<readonly TableEnd[]> {
    this.admin ??= connected(this.kafka.admin());
    const admin = this.admin;
    try {
      const asked = await admin;
      const offsets = await Promise.all(
        topics.map(async (topic) => [topic, await asked.fetchTopicOffsets(topic)] as const),
      );
      return offsets.flatMap(([topic, partitions]) => partitions.filter(isFilled).map(endOf(topic)));
    } catch (error) {
      // A new connection next time, whatever was wrong with this one.
      if (this.admin === admin) this.admin = undefined;
      void admin.then((broken) => broken.disconnect()).catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    await (await this.admin)?.disconnect();
  }
}

async function connected(admin: Admin): Promise<Admin> {
  await admin.connect();
  return admin;
}

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
  return offsets.filter(isFilled).map(endOf(topic));
}

type Offsets = Awaited<ReturnType<Admin['fetchTopicOffsets']>>[number];

const isFilled = ({ high, low }: Offsets): boolean => BigInt(high) > BigInt(low);

const endOf =
  (topic: string) =>
  ({ partition, high }: Offsets): TableEnd => ({ topic, partition, upTo: BigInt(high) });
