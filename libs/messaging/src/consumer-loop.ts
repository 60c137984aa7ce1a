import { setImmediate as immediate } from 'node:timers/promises';

import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';

import { arrivedMessage } from './arrived-message.js';
import type { Consumption, DeliveryMode } from './consumes.js';
import { MessagingError } from './errors.js';
import type { Handler } from './hop.js';
import type { MessagePipeline } from './message-pipeline.js';
import type { ArrivedMessage } from './message-reader.js';
import { OffsetTracker } from './offset-tracker.js';

export interface Subscription {
  readonly consumption: Consumption;
  readonly handler: Handler<unknown>;
}

export interface ConsumerLoopOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly delivery: DeliveryMode;
  readonly subscriptions: ReadonlyMap<string, Subscription>;
  readonly pipeline: MessagePipeline;
  readonly onError: (error: unknown) => void;
  /** Told, after each rebalance of the group, which partitions of each topic this member has now. */
  readonly onAssigned?: (assignment: Assignment) => void;
}

/** A member's share of its group: partitions by topic. */
export type Assignment = Readonly<Record<string, readonly number[]>>;

const COMMIT_EVERY_MS = 500;
const HEARTBEAT_EVERY_MS = 500;
/** How many messages of a batch are under way at once. */
const MOST_UNDER_WAY = 512;
/** How long messages are begun before what is under way gets its turn: checking one is most of a millisecond without a pause. */
const SLICE_MS = 20;

/**
 * Reads topics in batches, handles each batch concurrently, and commits on a timer what has been handled.
 *
 * A batch may hold thousands of small messages: they are begun a slice at a time, so that heartbeats, the database and the answers of
 * those begun first are heard in between.
 *
 * kafkajs fetches nothing more until a batch is done and would commit inside that loop; a commit a batch costs half the
 * throughput. The settings are those measured for a restart within two seconds of a kill: a small rebalance timeout lets a fresh
 * member in without waiting out the dead one's session, where that one was of another instance (`dismissPredecessors`).
 */
export class ConsumerLoop {
  private readonly consumer: Consumer;
  private readonly tracker = new OffsetTracker();
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();
  private readonly handledUpTo = new Map<string, bigint>();
  private timer: NodeJS.Timeout | undefined;
  private heardAt = performance.now();

  constructor(private readonly options: ConsumerLoopOptions) {
    this.consumer = options.kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: 6_000,
      rebalanceTimeout: 1_000,
      heartbeatInterval: HEARTBEAT_EVERY_MS,
      minBytes: 1,
      maxWaitTimeInMs: 1_000,
      maxBytesPerPartition: 4 * 1024 * 1024,
      retry: { initialRetryTime: 50, maxRetryTime: 2_000, retries: 8, restartOnFailure: () => Promise.resolve(true) },
    });
  }

  async start(): Promise<void> {
    const { subscriptions, onAssigned } = this.options;
    const { HEARTBEAT, FETCH, GROUP_JOIN } = this.consumer.events;
    for (const event of [HEARTBEAT, FETCH, GROUP_JOIN] as const) {
      this.consumer.on(event, () => {
        this.heardAt = performance.now();
      });
    }
    this.consumer.on(this.consumer.events.GROUP_JOIN, ({ payload }) => {
      this.tracker.reset();
      onAssigned?.(payload.memberAssignment);
    });
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [...subscriptions.keys()], fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: Math.max(partitionsOf(subscriptions), 1),
      eachBatch: (payload) => this.onBatch(payload),
    });
    if (this.options.delivery !== 'table') this.timer = setInterval(() => void this.commit(), COMMIT_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    // Before the consumer stops, for it takes no commit afterwards; what is handled meanwhile comes again, and the inbox knows it.
    if (this.options.delivery !== 'table') await this.commit();
    await this.consumer.stop();
    this.stopping.abort();
    await Promise.allSettled(this.running);
    await this.consumer.disconnect();
  }

  /** Since when Kafka has not answered, ms: no fetch, no heartbeat. */
  get silentMs(): number {
    return performance.now() - this.heardAt;
  }

  /** Whether everything before this offset of a partition has been handled. */
  hasHandled(topic: string, partition: number, upTo: bigint): boolean {
    return (this.handledUpTo.get(`${topic}/${partition}`) ?? 0n) >= upTo;
  }

  private async onBatch({ batch, heartbeat, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const subscription = this.options.subscriptions.get(batch.topic);
    if (subscription === undefined) throw new MessagingError('handler-missing', { detail: batch.topic });
    // A session that is lost is no message's fault: what is not committed comes again, and the inbox knows what was handled.
    const beat = (): Promise<void> => heartbeat().catch(this.options.onError);
    const beating = setInterval(() => void beat(), HEARTBEAT_EVERY_MS);
    try {
      const handled = new Set<Promise<void>>();
      const slice = new Slice(SLICE_MS);
      let begun: KafkaMessage | undefined;
      for (const message of batch.messages) {
        if (!isRunning() || isStale()) break;
        begun = message;
        while (handled.size >= MOST_UNDER_WAY) await Promise.race(handled);
        const work = this.begin(arrivedMessage(batch.topic, batch.partition, message), subscription, beat);
        handled.add(work);
        void work.finally(() => handled.delete(work));
        await slice.turn();
      }
      const { room } = subscription.consumption;
      if (room === 0) await Promise.all(handled);
      else while (this.running.size > room) await Promise.race(this.running);
      if (begun) this.handledUpTo.set(`${batch.topic}/${batch.partition}`, BigInt(begun.offset) + 1n);
    } finally {
      clearInterval(beating);
    }
  }

  private begin(arrived: ArrivedMessage, { consumption, handler }: Subscription, heartbeat: () => Promise<void>) {
    const { topic, partition, offset } = arrived;
    this.tracker.start(topic, partition, offset);
    const attention = { heartbeat, signal: this.stopping.signal };
    const work = this.options.pipeline
      .handle(arrived, consumption, handler, attention)
      .then(() => this.tracker.finish(topic, partition, offset))
      // Not finished: the offset stays uncommitted and the message comes again.
      .catch(this.options.onError)
      .finally(() => this.running.delete(work));
    this.running.add(work);
    return work;
  }

  private async commit(): Promise<void> {
    const offsets = this.tracker.takeCommittable();
    if (offsets.length === 0) return;
    // A refused commit only means that these messages are delivered again, and the inbox knows them.
    await this.consumer.commitOffsets(offsets).catch(this.options.onError);
  }
}

/** All of them at once: where one instance has every partition, none waits for the batch of another. */
const partitionsOf = (subscriptions: ReadonlyMap<string, Subscription>): number =>
  [...subscriptions.values()].reduce((sum, { consumption }) => sum + consumption.type.partitions, 0);

/** Gives the event loop a turn whenever a slice of time was used up. */
class Slice {
  private endsAt = 0;
  constructor(private readonly ms: number) {
    this.endsAt = performance.now() + ms;
  }

  async turn(): Promise<void> {
    if (performance.now() < this.endsAt) return;
    await immediate();
    this.endsAt = performance.now() + this.ms;
  }
}
