import type { KafkaMessage } from 'kafkajs';

import type { ArrivedMessage } from './message-reader.js';

/** A message as the rest of this library knows it, from what the client hands over. */
export function arrivedMessage(topic: string, partition: number, message: KafkaMessage): ArrivedMessage {
  const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, textOf(value)] as const);
  const key = message.key?.toString();
  return {
    topic,
    partition,
    offset: message.offset,
    ...(key === undefined ? {} : { key }),
    timestampMs: Number(message.timestamp),
    value: message.value ?? Buffer.alloc(0),
    headers: Object.fromEntries(headers),
  };
}

const textOf = (value: Buffer | string | (Buffer | string)[] | undefined): string =>
  value === undefined ? '' : Array.isArray(value) ? value.map(String).join('') : value.toString();
