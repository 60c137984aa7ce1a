// RFC 7515 compact JWS (EdDSA, RFC 8037), one a hop: what DPoP (RFC 9449) is to an HTTP request, a seal is to a message.
import { type KeyObject, sign, verify } from 'node:crypto';

import { TrustError } from './errors.js';
import { digestOf } from './transaction-token.js';

export const SEAL_TYPE = 'hie-seal+jws';
const MAX_SEAL_BYTES = 4 * 1024;
const MAX_HOPS = 8;

/** What authority the producer leaves to the next hop: each list may only shrink from hop to hop. */
export interface Allowance {
  readonly scope: readonly string[];
  /** Kinds of record (FHIR resource types). */
  readonly res: readonly string[];
  /** Members that may be asked; absent until the record locator has named them. */
  readonly dst?: readonly string[];
}

/** The signed header of one message. */
export interface SealHeader {
  readonly v: 1;
  readonly msgid: string;
  readonly txn: string;
  /** Digest of the transaction token; absent on a service's own events, which move nobody's record. */
  readonly tth?: string;
  readonly topic: string;
  /** 0 for the first message of a transaction. */
  readonly hop: number;
  /** Digest of the previous hop's seal. */
  readonly prev?: string;
  readonly allow?: Allowance;
  /** Seconds since the epoch. */
  readonly iat: number;
  /** Absolute, ms since the epoch; absent where nothing waits. */
  readonly deadline?: number;
  /** What the producer decided, as a stable code (`permit`, `ambiguous`, …). */
  readonly dec?: string;
  /** Digest of the message's value as it is on the wire (the ciphertext, where there is one). */
  readonly ch: string;
}

/** Whose a seal key is. Which topics that service may produce is the contracts' to say. */
export interface SealKey {
  readonly service: string;
  readonly key: KeyObject;
}

export type SealKeys = ReadonlyMap<string, SealKey>;

/** A seal whose signature has been checked. */
export interface OpenSeal {
  readonly header: SealHeader;
  readonly service: string;
  readonly kid: string;
  /** Digest of the seal itself: the next hop's `prev`. */
  readonly digest: string;
}

/**
 * Signs a header as a compact JWS.
 *
 * Synchronous on `node:crypto`, because a hop signs two messages and a signature is 30 µs of work: a promise through
 * WebCrypto costs more than that.
 */
export function signSeal(header: SealHeader, kid: string, key: KeyObject): string {
  const input = `${encode({ alg: 'EdDSA', typ: SEAL_TYPE, kid })}.${encode(header)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
}

/** Reads a seal without believing it; for the cheap checks that come before the signature. */
export function peekSeal(seal: string): { readonly kid: string; readonly header: SealHeader } {
  if (seal.length > MAX_SEAL_BYTES) throw new TrustError('message-too-large', 'nothing');
  const [protectedPart, payload, signature, ...rest] = seal.split('.');
  if (!protectedPart || !payload || !signature || rest.length > 0) throw new TrustError('header-malformed', 'nothing');
  const jose = decode(protectedPart);
  const header = decode(payload);
  if (jose['alg'] !== 'EdDSA' || jose['typ'] !== SEAL_TYPE || typeof jose['kid'] !== 'string' || 'crit' in jose) {
    throw new TrustError('header-malformed', 'nothing');
  }
  if (!isSealHeader(header)) throw new TrustError('header-malformed', 'nothing');
  return { kid: jose['kid'], header };
}

/**
 * Verifies one seal against the pinned keys.
 *
 * @throws TrustError `seal-key-unknown`, `seal-signature-invalid`, or what `peekSeal` throws.
 */
export function openSeal(seal: string, keys: SealKeys): OpenSeal {
  const { kid, header } = peekSeal(seal);
  const known = keys.get(kid);
  if (known === undefined) throw new TrustError('seal-key-unknown', 'shape');
  const cut = seal.lastIndexOf('.');
  const signature = Buffer.from(seal.slice(cut + 1), 'base64url');
  if (!verify(null, Buffer.from(seal.slice(0, cut)), known.key, signature)) {
    throw new TrustError('seal-signature-invalid', 'shape');
  }
  return { header, service: known.service, kid, digest: digestOf(seal) };
}

/**
 * Checks that seals, oldest first, are one unbroken chain of one transaction.
 *
 * Only the links are checked, not the signatures: whoever signed the last seal signed `prev`, and vouches that it opened the
 * one before. `openChain` checks the signatures too, for whoever acts on the whole.
 *
 * @throws TrustError `seal-chain-broken`.
 */
export function checkLinks(seals: readonly string[]): readonly SealHeader[] {
  if (seals.length === 0 || seals.length > MAX_HOPS) throw new TrustError('seal-chain-broken', 'shape');
  const headers = seals.map((seal) => peekSeal(seal).header);
  headers.forEach((header, hop) => {
    const before = hop === 0 ? undefined : seals[hop - 1];
    const linked = header.hop === hop && header.prev === (before === undefined ? undefined : digestOf(before));
    const same = header.txn === headers[0]?.txn && header.tth === headers[0]?.tth;
    if (!linked || !same) throw new TrustError('seal-chain-broken', 'shape');
  });
  return headers;
}

/** Checks links and every signature: who handled the transaction, in which order, deciding what. */
export function openChain(seals: readonly string[], keys: SealKeys): readonly OpenSeal[] {
  checkLinks(seals);
  return seals.map((seal) => openSeal(seal, keys));
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function decode(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw new TrustError('header-malformed', 'nothing', { cause });
  }
  throw new TrustError('header-malformed', 'nothing');
}

function isSealHeader(value: Record<string, unknown>): value is Record<string, unknown> & SealHeader {
  const optional = (name: string, type: string) => value[name] === undefined || typeof value[name] === type;
  return (
    value['v'] === 1 &&
    typeof value['msgid'] === 'string' &&
    typeof value['txn'] === 'string' &&
    typeof value['topic'] === 'string' &&
    typeof value['ch'] === 'string' &&
    Number.isSafeInteger(value['hop']) &&
    Number.isSafeInteger(value['iat']) &&
    optional('tth', 'string') &&
    optional('prev', 'string') &&
    optional('deadline', 'number') &&
    optional('dec', 'string') &&
    (value['allow'] === undefined || isAllowance(value['allow']))
  );
}

function isAllowance(value: unknown): value is Allowance {
  if (typeof value !== 'object' || value === null) return false;
  const { scope, res, dst } = value as Partial<Record<string, unknown>>;
  return isStrings(scope) && isStrings(res) && (dst === undefined || isStrings(dst));
}

const isStrings = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');
