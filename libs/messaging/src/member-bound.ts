// A body with members' data in it lies under their wrapping keys too: form, length of the list, the list of them, the body.
import type { KeyObject } from 'node:crypto';

import { keyUnder } from '@hie/persistence';

import { MessagingError } from './errors.js';
import type { Keyring } from './keyring.js';
import { openValue, sealValue, valueForm } from './payload-envelope.js';

const HEAD_BYTES = 3;
const USE = 'hie member-bound body';

type MemberKeys = Pick<Keyring, 'memberKey'>;

/** A value as it was opened, and whose data is in it. */
export interface OpenedValue {
  readonly body: Buffer;
  readonly members: readonly string[];
}

/**
 * Encrypts a body under the data key and the wrapping keys of those whose data it holds; with one of them destroyed, nobody reads it.
 *
 * Who they are is encrypted too: where somebody has a record says something about them.
 *
 * @throws MessagingError `member-key-missing`
 */
export function sealBound(
  body: Buffer,
  { dataKey, members, keyring }: { dataKey: KeyObject; members: readonly string[]; keyring: MemberKeys },
  associated: Buffer,
): Buffer {
  if (members.length === 0) return sealValue(body, dataKey, associated);
  const list = sealValue(Buffer.from(JSON.stringify(members)), dataKey, associated);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(valueForm.bound);
  head.writeUInt16BE(list.length, 1);
  return Buffer.concat([head, list, sealValue(body, boundKey(dataKey, members, keyring), associated)]);
}

/** @throws MessagingError `member-key-missing` where one was destroyed, `body-unreadable` as `openValue` */
export function openBound(value: Buffer, dataKey: KeyObject, keyring: MemberKeys, associated: Buffer): OpenedValue {
  if (value[0] !== valueForm.bound) return { body: openValue(value, dataKey, associated), members: [] };
  if (value.length < HEAD_BYTES) throw new MessagingError('body-unreadable');
  const end = HEAD_BYTES + value.readUInt16BE(1);
  const list = openValue(value.subarray(HEAD_BYTES, end), dataKey, associated).toString();
  // Opened, it is as the sender wrote it.
  const members = JSON.parse(list) as readonly string[];
  return { body: openValue(value.subarray(end), boundKey(dataKey, members, keyring), associated), members };
}

const boundKey = (dataKey: KeyObject, members: readonly string[], keyring: MemberKeys): KeyObject =>
  keyUnder([dataKey, ...members.map((memberId) => memberKeyOf(keyring, memberId))], USE);

/** @throws MessagingError `member-key-missing` */
export function memberKeyOf(keyring: MemberKeys, memberId: string): KeyObject {
  const key = keyring.memberKey(memberId);
  if (key === undefined) throw new MessagingError('member-key-missing');
  return key;
}
