import { type KeyObject, createSecretKey, hash, randomBytes, randomUUID } from 'node:crypto';

import { type AnyEventType, CLAIM_CHECK_ABOVE_BYTES, type EventType, eventTypes } from '@hie/contracts';
import type { OutboxRecord } from '@hie/persistence';
import {
  type Allowance,
  type SealHeader,
  type SealVerifier,
  type TransactionClaims,
  digestOf,
  fullAllowance,
  signSeal,
} from '@hie/purpose-of-use';
import { traceHeaders } from '@hie/telemetry';

import { type ObjectStore, checkIn } from './claim-check.js';
import type { OutgoingMessage } from './coalescing-sender.js';
import { KeyAgreement } from './key-agreement.js';
import type { Keyring } from './keyring.js';
import { memberKeyOf, sealBound } from './member-bound.js';
import { plainValue } from './payload-envelope.js';
import { packRecord } from './record-format.js';
import type { TransactionScope } from './transaction-scope.js';

export interface WriteOptions {
  /** What this hop decided, as a stable code; signed with the message. */
  readonly decision?: string;
  /** What this hop leaves the next; by default all it had. */
  readonly allow?: Allowance;
}

export interface MessageWriterOptions {
  readonly now?: () => number;
  /** Told of the seal that begins a transaction: it comes back to this process with the answer. */
  readonly onFirstSeal?: SealVerifier['made'];
}

/** A message sealed and packed, and the digest of its seal, by which the ledger knows it. */
export interface WrittenMessage {
  readonly message: OutgoingMessage;
  readonly record: OutboxRecord;
  readonly sealDigest: string;
}

/** Names of the headers. */
export const header = {
  token: 'hie-token',
  seals: 'hie-seals',
  keys: 'hie-keys',
} as const;

/** Everybody who handles a transaction may read its payloads; the ledger may not. */
const transactionReaders = [
  ...new Set(
    eventTypes
      .filter((type) => type.authority === 'transaction')
      .flatMap(({ producers, consumers }) => [...producers, ...consumers]),
  ),
];

/** Writes messages: encrypts the body for its readers and signs who sends it, on whose authority. */
export class MessageWriter {
  private readonly agreement: KeyAgreement;
  private readonly now: () => number;

  constructor(
    private readonly keyring: Keyring,
    private readonly store: ObjectStore,
    private readonly service: string,
    private readonly options: MessageWriterOptions = {},
  ) {
    this.now = options.now ?? Date.now;
    this.agreement = new KeyAgreement(service, keyring);
  }

  /**
   * Opens a transaction under a token just minted: a data key of its own, wrapped for those who will handle it, and under the requesting
   * member's wrapping key.
   *
   * @throws MessagingError `member-key-missing`
   */
  begin(token: string, claims: TransactionClaims): TransactionScope {
    const dataKey = createSecretKey(randomBytes(32));
    const keys = JSON.stringify(
      this.agreement.wrapFor(dataKey, transactionReaders, memberKeyOf(this.keyring, claims.tctx.org)),
    );
    const tokenDigest = digestOf(token);
    return { claims, token, tokenDigest, dataKey, keys, seals: [], members: [], allow: fullAllowance(claims) };
  }

  /** Writes the next message of a transaction. */
  async writeWithin<T>(
    type: EventType<T>,
    body: T,
    scope: TransactionScope,
    options: WriteOptions = {},
  ): Promise<WrittenMessage> {
    const { claims, lastSealDigest } = scope;
    const unsealed: Omit<SealHeader, 'ch'> = {
      ...this.ownHeader(type, claims.txn),
      tth: scope.tokenDigest,
      hop: scope.seals.length,
      ...(lastSealDigest === undefined ? {} : { prev: lastSealDigest }),
      allow: options.allow ?? scope.allow,
      deadline: claims.tctx.deadline,
      ...(options.decision === undefined ? {} : { dec: options.decision }),
    };
    const members = [...new Set([...scope.members, ...type.members(body)])];
    const value = await this.valueOf(type, body, { dataKey: scope.dataKey, members }, unsealed);
    const headers = { [header.token]: scope.token, [header.keys]: scope.keys };
    return this.seal(type.topic, type.key(body), value, unsealed, scope.seals, headers);
  }

  /** Writes a service's own event, on nobody's authority but its own. */
  async write<T>(type: EventType<T>, body: T, options: WriteOptions = {}): Promise<WrittenMessage> {
    const unsealed: Omit<SealHeader, 'ch'> = {
      ...this.ownHeader(type, randomUUID()),
      hop: 0,
      ...(options.decision === undefined ? {} : { dec: options.decision }),
    };
    const dataKey = createSecretKey(randomBytes(32));
    const value = await this.valueOf(type, body, { dataKey, members: [...new Set(type.members(body))] }, unsealed);
    const headers: Record<string, string> = type.encrypted
      ? { [header.keys]: JSON.stringify(this.agreement.wrapFor(dataKey, type.consumers)) }
      : {};
    return this.seal(type.topic, type.key(body), value, unsealed, [], headers);
  }

  private ownHeader(type: AnyEventType, txn: string) {
    return { v: 1 as const, msgid: randomUUID(), txn, topic: type.topic, iat: Math.floor(this.now() / 1000) };
  }

  private async valueOf<T>(
    type: EventType<T>,
    body: T,
    under: { readonly dataKey: KeyObject; readonly members: readonly string[] },
    unsealed: object,
  ): Promise<Buffer> {
    const plain = Buffer.from(JSON.stringify(body));
    if (!type.encrypted) return plainValue(plain);
    const sealed = sealBound(plain, { ...under, keyring: this.keyring }, associatedData(unsealed));
    return sealed.length > CLAIM_CHECK_ABOVE_BYTES ? checkIn(sealed, this.store, type.retention, this.now()) : sealed;
  }

  private seal(
    topic: string,
    key: string,
    value: Buffer,
    unsealed: Omit<SealHeader, 'ch'>,
    earlier: readonly string[],
    headers: Record<string, string>,
  ): WrittenMessage {
    const { kid, key: signingKey } = this.keyring.sealingKey();
    const sealed = { ...unsealed, ch: digestOf(value) };
    const seal = signSeal(sealed, kid, signingKey);
    const sealDigest = digestOf(seal);
    if (unsealed.tth !== undefined && unsealed.hop === 0) {
      this.options.onFirstSeal?.(seal, { header: sealed, service: this.service, kid, digest: sealDigest });
    }
    const message: OutgoingMessage = {
      topic,
      key,
      value,
      headers: { ...headers, ...traceHeaders(), [header.seals]: [...earlier, seal].join(' ') },
    };
    const record = { id: unsealed.msgid, topic, key, record: packRecord(message) };
    return { message, record, sealDigest };
  }
}

/** What a body is bound to: the seal's header, all but the digest of the body itself. */
export function associatedData(unsealed: object): Buffer {
  return hash('sha256', JSON.stringify(unsealed), 'buffer');
}
