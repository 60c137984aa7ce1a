import { type KeyObject, createSecretKey, hash, randomBytes, randomUUID } from 'node:crypto';

import { type AnyEventType, CLAIM_CHECK_ABOVE_BYTES, type EventType } from '@hie/contracts';
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

/** A body as it goes out, and as header text the wraps of its data key. */
interface SealedBody {
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

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

  /** Opens a transaction under a token just minted. */
  begin(token: string, claims: TransactionClaims): TransactionScope {
    return { claims, token, tokenDigest: digestOf(token), seals: [], members: [], allow: fullAllowance(claims) };
  }

  /**
   * Writes the next message of a transaction, for its consumers alone and under the requesting member's wrapping key.
   *
   * @throws MessagingError `member-key-missing`
   */
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
    const requester = memberKeyOf(this.keyring, claims.tctx.org);
    const { value, headers } = await this.bodyOf(type, body, { members, requester }, unsealed);
    return this.seal(type.topic, type.key(body), value, unsealed, scope.seals, {
      ...headers,
      [header.token]: scope.token,
    });
  }

  /** Writes a service's own event, on nobody's authority but its own. */
  async write<T>(type: EventType<T>, body: T, options: WriteOptions = {}): Promise<WrittenMessage> {
    const unsealed: Omit<SealHeader, 'ch'> = {
      ...this.ownHeader(type, randomUUID()),
      hop: 0,
      ...(options.decision === undefined ? {} : { dec: options.decision }),
    };
    const members = [...new Set(type.members(body))];
    const { value, headers } = await this.bodyOf(type, body, { members }, unsealed);
    return this.seal(type.topic, type.key(body), value, unsealed, [], headers);
  }

  private ownHeader(type: AnyEventType, txn: string) {
    return { v: 1 as const, msgid: randomUUID(), txn, topic: type.topic, iat: Math.floor(this.now() / 1000) };
  }

  private async bodyOf<T>(
    type: EventType<T>,
    body: T,
    { members, requester }: { readonly members: readonly string[]; readonly requester?: KeyObject },
    unsealed: object,
  ): Promise<SealedBody> {
    const plain = Buffer.from(JSON.stringify(body));
    if (!type.encrypted) return { value: plainValue(plain), headers: {} };
    // A key for each message, not one for the transaction: who reads the question has no key to the answer.
    const dataKey = createSecretKey(randomBytes(32));
    const keys = this.agreement.wrapFor(dataKey, type.consumers, requester);
    const sealed = sealBound(plain, { dataKey, members, keyring: this.keyring }, associatedData(unsealed));
    const isLarge = sealed.length > CLAIM_CHECK_ABOVE_BYTES;
    const value = isLarge ? await checkIn(sealed, this.store, type.retention, this.now()) : sealed;
    return { value, headers: { [header.keys]: JSON.stringify(keys) } };
  }

  private seal(
    topic: string,
    key: string,
    value: Buffer,
    unsealed: Omit<SealHeader, 'ch'>,
    earlier: readonly string[],
    headers: Readonly<Record<string, string>>,
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
