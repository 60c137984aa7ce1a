import type { OutboxRecord } from '@hie/persistence';

import type { OutgoingMessage } from './coalescing-sender.js';

/** Packs headers and value into one binary record for the outbox: `u32 length of headers · headers as JSON · value`. */
export function packRecord(message: OutgoingMessage): Buffer {
  const headers = JSON.stringify(message.headers);
  const length = Buffer.byteLength(headers);
  const record = Buffer.allocUnsafe(4 + length + message.value.length);
  record.writeUInt32BE(length);
  record.write(headers, 4);
  message.value.copy(record, 4 + length);
  return record;
}

/** The message an outbox row stands for. */
export function unpackRecord({ topic, key, record }: OutboxRecord): OutgoingMessage {
  const end = 4 + record.readUInt32BE();
  const headers = JSON.parse(record.toString('utf8', 4, end)) as Record<string, string>;
  return { topic, key, headers, value: record.subarray(end) };
}
