import type { Kafka } from 'kafkajs';

import { arrivedMessage } from './arrived-message.js';
import { MessagingError } from './errors.js';
import type { ArrivedMessage } from './message-reader.js';
import { type TableEnd, tableEnds } from './table-ends.js';

const WITHIN_MS = 20_000;

/** A place in the log. */
export interface LogPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/**
 * Reads topics from their beginning to where they end at this moment, and commits nothing.
 *
 * @param groupId a group of its own, which nobody else joins.
 * @param from where to begin instead: then this partition alone is read.
 * @throws MessagingError `not-read-in-time` after twenty seconds; what Kafka's client throws.
 */
export async function readTopics(
  kafka: Kafka,
  groupId: string,
  topics: readonly string[],
  onMessage: (message: ArrivedMessage) => void,
  from?: LogPlace,
): Promise<void> {
  const ends = (await tableEnds(kafka, topics)).filter((end) => from === undefined || isAhead(end, from));
  const left = new Map(ends.map(({ topic, partition, upTo }) => [`${topic}/${partition}`, upTo]));
  if (left.size === 0) return;
  const done = Promise.withResolvers<undefined>();
  const consumer = kafka.consumer({ groupId, rebalanceTimeout: 1_000, maxWaitTimeInMs: 500 });
  const timer = setTimeout(() => done.reject(new MessagingError('not-read-in-time', { retry: 'later' })), WITHIN_MS);
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...new Set(ends.map(({ topic }) => topic))], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        const place = `${batch.topic}/${batch.partition}`;
        const upTo = left.get(place) ?? 0n;
        for (const message of batch.messages)
          if (BigInt(message.offset) < upTo) onMessage(arrivedMessage(batch.topic, batch.partition, message));
        if (BigInt(batch.lastOffset()) + 1n >= upTo) left.delete(place);
        if (left.size === 0) done.resolve(undefined);
        return Promise.resolve();
      },
    });
    if (from !== undefined) consumer.seek({ ...from });
    await done.promise;
  } finally {
    clearTimeout(timer);
    await consumer.disconnect();
  }
}

const isAhead = ({ topic, partition, upTo }: TableEnd, from: LogPlace): boolean =>
  topic === from.topic && partition === from.partition && upTo > BigInt(from.offset);
