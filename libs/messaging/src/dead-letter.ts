// A dead letter is a message as it came, under the seal of the service that put it aside: where it lay, when the broker took it, and why.
import { randomUUID } from 'node:crypto';

import { deadLetterTopic } from '@hie/contracts';
import type { OutboxRecord } from '@hie/persistence';
import { type SealKeys, digestOf, openSeal, signSeal } from '@hie/purpose-of-use';

import type { KeyWithId } from './keyring.js';
import type { ArrivedMessage } from './message-reader.js';
import { packRecord } from './record-format.js';

/** Names of the headers that a letter has beside those of the message. */
export const letterHeader = {
  refusal: 'hie-refusal',
  /** `topic/partition/offset`. */
  origin: 'hie-origin',
  /** The broker's own time of the message, ms since the epoch. */
  appended: 'hie-appended',
  /** The message's key. */
  key: 'hie-key',
  seal: 'hie-letter',
} as const;

const own: readonly string[] = Object.values(letterHeader);
const PLACE = /^(.+)\/(\d+)\/(\d+)$/;

/** A letter that the service itself wrote. */
export interface DeadLetter {
  /** Where the letter lies: the offset among the dead letters of the message's topic. */
  readonly offset: string;
  /** Why the message was put aside, as a stable code. */
  readonly refusal: string;
  /** When the broker took the letter, ms since the epoch. */
  readonly putAsideAtMs: number;
  /** As it came, from where it lay. */
  readonly message: ArrivedMessage;
}

/** The letter of a message that is put aside. */
export function writeLetter(
  message: ArrivedMessage,
  refusal: string,
  { kid, key: signingKey }: KeyWithId,
  nowMs: number,
): OutboxRecord {
  const topic = deadLetterTopic(message.topic);
  const id = randomUUID();
  const headers = {
    ...without(message.headers, own),
    [letterHeader.refusal]: refusal,
    [letterHeader.origin]: `${message.topic}/${message.partition}/${message.offset}`,
    [letterHeader.appended]: String(message.timestampMs),
    ...(message.key === undefined ? {} : { [letterHeader.key]: message.key }),
  };
  const ch = contentDigest(headers, message.value);
  const seal = signSeal(
    { v: 1, msgid: id, txn: id, topic, hop: 0, iat: Math.floor(nowMs / 1000), ch },
    kid,
    signingKey,
  );
  const key = `${message.partition}/${message.offset}`;
  const sealed = { ...headers, [letterHeader.seal]: seal };
  return { id, topic, key, record: packRecord({ topic, key, value: message.value, headers: sealed }) };
}

/**
 * Reads a letter off the dead letters of a topic.
 *
 * Whoever consumes a topic may write its dead letters, so a service believes its own word alone: of where the message lay, and of when
 * the broker had taken it.
 *
 * @returns `undefined` for what this service has not sealed, or has sealed under a key that had ended, or was changed.
 */
export function openLetter(record: ArrivedMessage, service: string, keys: SealKeys): DeadLetter | undefined {
  const { [letterHeader.seal]: seal = '', ...headers } = record.headers;
  const place = PLACE.exec(headers[letterHeader.origin] ?? '');
  if (place === null) return undefined;
  try {
    const opened = openSeal(seal, keys);
    const { untilMs } = keys.get(opened.kid) ?? {};
    const isOver = untilMs !== undefined && record.timestampMs > untilMs;
    const { topic, ch } = opened.header;
    if (opened.service !== service || isOver || topic !== record.topic) return undefined;
    if (ch !== contentDigest(headers, record.value)) return undefined;
    return {
      offset: record.offset,
      refusal: headers[letterHeader.refusal] ?? '',
      putAsideAtMs: record.timestampMs,
      message: messageOf(headers, record.value, place),
    };
  } catch {
    // No seal, or one that is none: whoever wrote this, nothing is done for it.
    return undefined;
  }
}

function messageOf(
  headers: Readonly<Record<string, string>>,
  value: Buffer,
  [, topic = '', partition = '', offset = '']: RegExpExecArray,
): ArrivedMessage {
  const key = headers[letterHeader.key];
  const timestampMs = Number(headers[letterHeader.appended]);
  const place = { topic, partition: Number(partition), offset, timestampMs };
  return { ...place, value, headers: without(headers, own), ...(key === undefined ? {} : { key }) };
}

/** Over the headers in the order of their names, and the value. */
function contentDigest(headers: Readonly<Record<string, string>>, value: Buffer): string {
  const ordered = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  return digestOf(JSON.stringify([ordered, digestOf(value)]));
}

const without = (headers: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
