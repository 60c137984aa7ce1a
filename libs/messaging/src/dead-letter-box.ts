import { randomUUID } from 'node:crypto';

import { deadLetterTopic } from '@hie/contracts';
import type { OutboxStore } from '@hie/persistence';
import { peekSeal } from '@hie/purpose-of-use';
import type { Kafka } from 'kafkajs';

import { type DeadLetter, openLetter } from './dead-letter.js';
import type { ExchangeServer } from './exchange-server.js';
import type { Keyring } from './keyring.js';
import type { ArrivedMessage } from './message-reader.js';
import { header } from './message-writer.js';
import { type LogPlace, readTopics } from './read-topics.js';

export interface DeadLetterBoxParts {
  readonly kafka: Kafka;
  readonly service: string;
  readonly instance: string;
  readonly keyring: Pick<Keyring, 'sealKeys'>;
  readonly inbox: Pick<OutboxStore, 'wasHandled'>;
  readonly server: Pick<ExchangeServer, 'topics' | 'consumptionOf' | 'handleAgain'>;
}

/** Letters as they are shown: what lies inside stays inside. */
export interface LetterList {
  /** Newest first. */
  readonly letters: readonly (DeadLetter & { readonly isHandled: boolean })[];
  /** What lies there beside them: other consumers' letters of the same topics, or nobody's. */
  readonly others: number;
}

/** What became of a letter that was taken up again. */
export type Replay = { readonly outcome: 'handled' } | { readonly outcome: 'refused'; readonly code: string };

/**
 * The messages that this service has put aside, for a person to decide about.
 *
 * A message that is taken up again goes the whole way again, from where it first lay: token, seals, deadline and purpose are checked as
 * they stand now, and the handler decides anew. Has it had its effect, nothing happens.
 */
export class DeadLetterBox {
  constructor(private readonly parts: DeadLetterBoxParts) {}

  /** @throws MessagingError `not-read-in-time`; what Kafka's client throws */
  async list(): Promise<LetterList> {
    const found: DeadLetter[] = [];
    let others = 0;
    await this.read(this.parts.server.topics.map(deadLetterTopic), (record) => {
      const letter = this.opened(record);
      if (letter === undefined) others += 1;
      // A letter's value may be half a megabyte, and nobody reads it here.
      else found.push({ ...letter, message: { ...letter.message, value: Buffer.alloc(0) } });
    });
    found.sort((a, b) => b.putAsideAtMs - a.putAsideAtMs);
    const letters = await Promise.all(
      found.map(async (letter) => ({ ...letter, isHandled: await this.wasHandled(letter.message) })),
    );
    return { letters, others };
  }

  /**
   * @param topic the message's, not that of its dead letters
   * @param offset the letter's
   * @returns `undefined` where this service has no such letter
   * @throws MessagingError `not-read-in-time`; what Kafka's client throws
   */
  async replay(topic: string, offset: string): Promise<Replay | undefined> {
    const { server } = this.parts;
    if (!server.topics.includes(topic)) return undefined;
    const found: DeadLetter[] = [];
    await this.read([deadLetterTopic(topic)], (record) => {
      const letter = record.offset === offset ? this.opened(record) : undefined;
      if (letter !== undefined) found.push(letter);
    });
    const [letter] = found;
    if (letter === undefined) return undefined;
    const { message } = letter;
    if (await this.wasHandled(message)) return { outcome: 'handled' };
    if (await this.isSuperseded(message)) return { outcome: 'refused', code: 'superseded' };
    const code = await server.handleAgain(message);
    return code === undefined ? { outcome: 'handled' } : { outcome: 'refused', code };
  }

  /** Whether its topic is a table, and has said something newer of the same key: what was so must not become so again. */
  private async isSuperseded({ topic, partition, offset, key }: ArrivedMessage): Promise<boolean> {
    const { retention } = this.parts.server.consumptionOf(topic).type;
    if (retention.kind !== 'compact') return false;
    let isNewer = false;
    const next = String(BigInt(offset) + 1n);
    const look = (later: ArrivedMessage): void => void (isNewer ||= later.partition === partition && later.key === key);
    await this.read([topic], look, { topic, partition, offset: next });
    return isNewer;
  }

  private wasHandled({ headers, topic, partition, offset }: ArrivedMessage): Promise<boolean> {
    const seal = (headers[header.seals] ?? '').split(' ').at(-1) ?? '';
    try {
      return this.parts.inbox.wasHandled(peekSeal(seal).header.msgid, topic, partition, offset);
    } catch {
      // Put aside for having no seal that can be read, and so it never was.
      return Promise.resolve(false);
    }
  }

  private opened(record: ArrivedMessage): DeadLetter | undefined {
    return openLetter(record, this.parts.service, this.parts.keyring.sealKeys());
  }

  private read(
    topics: readonly string[],
    onMessage: (message: ArrivedMessage) => void,
    from?: LogPlace,
  ): Promise<void> {
    const { kafka, service, instance } = this.parts;
    return readTopics(kafka, `${service}.${instance}.${randomUUID()}`, topics, onMessage, from);
  }
}
