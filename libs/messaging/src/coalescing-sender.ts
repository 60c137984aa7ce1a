import type { Producer } from 'kafkajs';

/** A message ready for the broker. */
export interface OutgoingMessage {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

interface Waiting {
  readonly messages: readonly OutgoingMessage[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A record batch over the broker's `message.max.bytes` (1 MiB) is refused whole. */
const MAX_BATCH_BYTES = 700 * 1024;
const MAX_BATCH_MESSAGES = 1_000;

/**
 * Sends at once when nothing is out, and otherwise gathers until it returns.
 *
 * A lone message pays no linger and a crowd shares a request: measured over five hops, a linger of 1 ms costs 5 ms on a lone query
 * and gains nothing at load, while a request a message costs two thirds of the throughput.
 */
export class CoalescingSender {
  private waiting: Waiting[] = [];
  private isOut = false;

  constructor(private readonly producer: Pick<Producer, 'sendBatch'>) {}

  /** Resolves when the broker has all of them (`acks: -1`); rejects when it can't be known that it has. */
  send(messages: readonly OutgoingMessage[]): Promise<void> {
    if (fits(messages)) return this.enqueue(messages);
    // What a sweep found after an outage may be more than one request holds.
    return Promise.all(cut(messages).map((part) => this.enqueue(part))).then(() => undefined);
  }

  private enqueue(messages: readonly OutgoingMessage[]): Promise<void> {
    if (messages.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const bytes = weight(messages);
      this.waiting.push({ messages, bytes, resolve, reject });
      if (!this.isOut) {
        this.isOut = true;
        setImmediate(() => void this.drain());
      }
    });
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.takeBatch();
      try {
        await this.producer.sendBatch({ acks: -1, topicMessages: byTopic(batch.flatMap((item) => item.messages)) });
        batch.forEach((item) => item.resolve());
      } catch (error) {
        batch.forEach((item) => item.reject(error));
      }
    }
    this.isOut = false;
  }

  private takeBatch(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    let taken = 0;
    for (const item of this.waiting) {
      bytes += item.bytes;
      count += item.messages.length;
      if (taken > 0 && (bytes > MAX_BATCH_BYTES || count > MAX_BATCH_MESSAGES)) break;
      taken += 1;
    }
    return this.waiting.splice(0, taken);
  }
}

const fits = (messages: readonly OutgoingMessage[]): boolean =>
  messages.length <= MAX_BATCH_MESSAGES && weight(messages) <= MAX_BATCH_BYTES;

/** Bytes on the wire, but for a few of framing: seals and wrapped keys in the headers weigh as much as a small body. */
function weight(messages: readonly OutgoingMessage[]): number {
  let bytes = 0;
  for (const { key, value, headers } of messages) {
    bytes += key.length + value.length;
    for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0);
  }
  return bytes;
}

/** Parts that each fit a request, in order; a message over the limit by itself stays alone. */
function cut(messages: readonly OutgoingMessage[]): OutgoingMessage[][] {
  const parts: OutgoingMessage[][] = [];
  for (const message of messages) {
    const last = parts.at(-1);
    if (last !== undefined && fits([...last, message])) last.push(message);
    else parts.push([message]);
  }
  return parts;
}

function byTopic(messages: readonly OutgoingMessage[]) {
  const topics = new Map<string, { key: string; value: Buffer; headers: Record<string, string> }[]>();
  for (const { topic, key, value, headers } of messages) {
    const list = topics.get(topic) ?? [];
    list.push({ key, value, headers: { ...headers } });
    topics.set(topic, list);
  }
  return [...topics].map(([topic, list]) => ({ topic, messages: list }));
}
