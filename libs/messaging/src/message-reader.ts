import type { KeyObject } from 'node:crypto';

import type { EventType } from '@hie/contracts';
import {
  type CheckedMessage,
  type MessageRules,
  type SealVerifier,
  type TransactionClaims,
  TrustError,
  type VerifySeal,
  type VerifyToken,
  type WireMessage,
  checkMessage,
  digestOf,
  sealVerifier,
} from '@hie/purpose-of-use';

import { type ObjectStore, checkOut } from './claim-check.js';
import { MessagingError } from './errors.js';
import { KeyAgreement, type WrappedKeys } from './key-agreement.js';
import type { Keyring } from './keyring.js';
import { type OpenedValue, memberKeyOf, openBound } from './member-bound.js';
import { associatedData, header } from './message-writer.js';
import { valueForm } from './payload-envelope.js';
import type { TransactionScope } from './transaction-scope.js';

/** A message as the client hands it over. */
export interface ArrivedMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key?: string;
  /** The broker's own time (`LogAppendTime`), ms since the epoch. */
  readonly timestampMs: number;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** A message that has been checked, opened and parsed. */
export interface ReadMessage<T> {
  readonly body: T;
  readonly checked: CheckedMessage;
  /** Absent on a service's own event. */
  readonly scope?: TransactionScope;
}

export interface MessageReaderOptions {
  readonly service: string;
  readonly keyring: Keyring;
  readonly store: ObjectStore;
  readonly verifyToken: VerifyToken;
  /** Opens seals of earlier hops; by default one of the reader's own that has met none. */
  readonly openEarlierSeal?: VerifySeal;
  readonly now?: () => number;
}

/** Four earlier seals a query: those of some hundred queries under way. */
const REMEMBERED_SEALS = 1_024;

/** What opens the seals of earlier hops, each once. */
export const earlierSeals = (keyring: Keyring): SealVerifier =>
  sealVerifier({ keys: () => keyring.sealKeys(), capacity: REMEMBERED_SEALS });

/** Reads messages: first proves who sent them and why (`checkMessage`), and only then decrypts and parses. */
export class MessageReader {
  private readonly agreement: KeyAgreement;
  private readonly now: () => number;
  private readonly openEarlierSeal: VerifySeal;

  constructor(private readonly options: MessageReaderOptions) {
    this.agreement = new KeyAgreement(options.service, options.keyring);
    this.now = options.now ?? Date.now;
    this.openEarlierSeal = options.openEarlierSeal ?? earlierSeals(options.keyring).open;
  }

  /** @throws TrustError, MessagingError with retry class `never`; anything else is trouble with the object store. */
  async read<T>(type: EventType<T>, arrived: ArrivedMessage): Promise<ReadMessage<T>> {
    const { service, keyring, verifyToken } = this.options;
    const wire = wireMessage(arrived);
    const rules: MessageRules = type;
    const { openEarlierSeal } = this;
    const sealKeys = keyring.sealKeys();
    const checked = checkMessage(wire, { service, rules, sealKeys, openEarlierSeal, nowMs: this.now(), verifyToken });
    const { claims, allow } = checked;
    const dataKey = type.encrypted ? this.dataKey(arrived, claims) : undefined;
    const opened = await this.opened(arrived.value, dataKey, checked);
    const body = parseBody(type, opened.body);
    if (claims === undefined || allow === undefined) return { body, checked };
    checkBinding(body, claims);
    const token = wire.token ?? '';
    const own = { token, tokenDigest: checked.seal.header.tth ?? digestOf(token), lastSealDigest: checked.seal.digest };
    const { members } = opened;
    return { body, checked, scope: { ...own, claims, members, seals: wire.seals, allow } };
  }

  private dataKey(arrived: ArrivedMessage, claims: TransactionClaims | undefined): KeyObject {
    const { keyring } = this.options;
    const member = claims === undefined ? undefined : memberKeyOf(keyring, claims.tctx.org);
    return this.agreement.unwrap(parseKeys(arrived.headers[header.keys]), member);
  }

  private async opened(value: Buffer, dataKey: KeyObject | undefined, checked: CheckedMessage): Promise<OpenedValue> {
    if (dataKey === undefined) {
      if (value[0] !== valueForm.plain) throw new MessagingError('body-unreadable');
      return { body: value.subarray(1), members: [] };
    }
    const { ch, ...unsealed } = checked.seal.header;
    const sealed = value[0] === valueForm.claim ? await checkOut(value, this.options.store) : value;
    return openBound(sealed, dataKey, this.options.keyring, associatedData(unsealed));
  }
}

function wireMessage(arrived: ArrivedMessage): WireMessage {
  const token = arrived.headers[header.token];
  return {
    topic: arrived.topic,
    value: arrived.value,
    appendedAtMs: arrived.timestampMs,
    seals: (arrived.headers[header.seals] ?? '').split(' ').filter((seal) => seal !== ''),
    ...(token === undefined ? {} : { token }),
  };
}

function parseKeys(text: string | undefined): WrappedKeys {
  try {
    const keys: unknown = JSON.parse(text ?? '');
    if (typeof keys === 'object' && keys !== null && 'k' in keys && 'w' in keys) return keys as WrappedKeys;
  } catch (cause) {
    throw new TrustError('header-malformed', 'authority', { cause });
  }
  throw new TrustError('header-malformed', 'authority');
}

function parseBody<T>(type: EventType<T>, plain: Buffer): T {
  try {
    return type.schema.parse(JSON.parse(plain.toString('utf8')));
  } catch {
    // The parser's own error is not kept as a cause: it quotes what it read.
    throw new MessagingError('body-invalid', { detail: type.topic });
  }
}

/** The body must be the transaction's own: its id, and the very query the token was minted for. */
function checkBinding(body: unknown, claims: TransactionClaims): void {
  const { txn, query } = body as { txn?: unknown; query?: unknown };
  if (txn !== claims.txn) throw new TrustError('body-mismatch', 'authority');
  if (query !== undefined && (typeof query !== 'string' || digestOf(query) !== claims.tctx.qh)) {
    throw new TrustError('body-mismatch', 'authority');
  }
}
