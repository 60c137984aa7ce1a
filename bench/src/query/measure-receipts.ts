import { auditEventRecorded, auditReceiptIssued } from '@hie/contracts';
import { peekSeal } from '@hie/purpose-of-use';
import type { KafkaMessage } from 'kafkajs';

import type { ChainMeasure } from './measure-chains.js';
import { adminKafka } from './floor/start-floor.js';
import type { Stage } from './stage.js';

/** When a transaction's answers were told to the ledger, and when their receipts came, by the broker's clock. */
interface Written {
  readonly toldMs: number[];
  readonly receiptMs: number[];
}

const WITHIN_MS = 120_000;

/**
 * From an audit event written to its receipt written, both by the broker's own time (`LogAppendTime`, whole milliseconds): the
 * ledger's reading, appending, proving and committing, and both traversals but for the last fetch.
 *
 * Only document-query's events ask for receipts, one a stage, and the ledger takes a transaction's events in their order. Bodies
 * stay sealed: the key names the transaction and the seal's header the producer.
 *
 * @returns for each measure of the query chain, its samples in ms.
 */
export async function measureReceipts(
  stage: Stage,
  measures: readonly ChainMeasure[],
): Promise<ReadonlyMap<ChainMeasure, readonly number[]>> {
  const byTransaction = new Map<string, Written>();
  const of = (message: KafkaMessage): Written => {
    const txn = String(message.key);
    const found = byTransaction.get(txn) ?? { toldMs: [], receiptMs: [] };
    byTransaction.set(txn, found);
    return found;
  };
  await readAll(stage, {
    [auditEventRecorded.topic]: (message) => {
      const { kid } = peekSeal(String(message.headers?.['hie-seals'] ?? ''));
      if (kid.startsWith('document-query-')) of(message).toldMs.push(Number(message.timestamp));
    },
    [auditReceiptIssued.topic]: (message) => of(message).receiptMs.push(Number(message.timestamp)),
  });
  const queries = measures.filter(({ chain }) => chain === 'query');
  const samples = new Map(queries.map((measure) => [measure, [] as number[]]));
  for (const { toldMs, receiptMs } of byTransaction.values()) {
    // One that ran into the end of a level, or was told late as well, has not as many of both.
    if (toldMs.length !== receiptMs.length) continue;
    toldMs.forEach((told, at) => {
      const measure = queries.find(({ spans }) => spans.some(([from, to]) => told >= from && told <= to));
      if (measure !== undefined) samples.get(measure)?.push((receiptMs[at] ?? told) - told);
    });
  }
  return samples;
}

/** Reads topics from their beginning to where they end now. */
async function readAll({ infrastructure }: Stage, readers: Readonly<Record<string, (message: KafkaMessage) => void>>) {
  const kafka = adminKafka(infrastructure);
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId: 'bench-receipts' });
  await Promise.all([admin.connect(), consumer.connect()]);
  try {
    const left = new Map<string, bigint>();
    for (const topic of Object.keys(readers)) {
      for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
        if (BigInt(high) > BigInt(low)) left.set(`${topic}/${partition}`, BigInt(high));
      }
    }
    await consumer.subscribe({ topics: Object.keys(readers), fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('The ledger’s topics could not be read.')), WITHIN_MS);
      const finish = (): void => {
        clearTimeout(timer);
        resolve();
      };
      if (left.size === 0) finish();
      const running = consumer.run({
        eachBatch: ({ batch }) => {
          batch.messages.forEach((message) => readers[batch.topic]?.(message));
          const at = `${batch.topic}/${batch.partition}`;
          if (BigInt(batch.lastOffset()) + 1n >= (left.get(at) ?? 0n)) left.delete(at);
          if (left.size === 0) finish();
          return Promise.resolve();
        },
      });
      running.catch(reject);
    });
  } finally {
    await consumer.disconnect();
    await admin.disconnect();
  }
}
