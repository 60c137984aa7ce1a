// RFC 7515 compact JWS (ES256), one a hop: what DPoP (RFC 9449) is to an HTTP request, a seal is to a message.
import type { KeyObject } from 'node:crypto';

import { JWS_ALGORITHM, digestOf, readJws, signJws, verifyJws } from './compact-jws.js';
import { TrustError } from './errors.js';
import { isStrings } from './shapes.js';

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
  /** ms since the epoch: what the broker took later is not believed under this key. What it took before stays readable. */
  readonly untilMs?: number;
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

/** Signs a header as a compact JWS. */
export const signSeal = (header: SealHeader, kid: string, key: KeyObject): string =>
  signJws(SEAL_TYPE, header, kid, key);

/** A seal read and not yet believed. */
export interface PeekedSeal {
  readonly kid: string;
  readonly header: SealHeader;
}

/** Reads a seal without believing it; for the cheap checks that come before the signature. */
export function peekSeal(seal: string): PeekedSeal {
  if (seal.length > MAX_SEAL_BYTES) throw new TrustError('message-too-large', 'nothing');
  const read = readJws(seal);
  if (read === undefined) throw new TrustError('header-malformed', 'nothing');
  const { alg, typ, kid } = read.header;
  if (alg !== JWS_ALGORITHM || typ !== SEAL_TYPE || typeof kid !== 'string' || 'crit' in read.header) {
    throw new TrustError('header-malformed', 'nothing');
  }
  const header = read.payload;
  if (!isSealHeader(header)) throw new TrustError('header-malformed', 'nothing');
  return { kid, header };
}

/**
 * Verifies one seal against the pinned keys; whoever has read it already gives what was read.
 *
 * @throws TrustError `seal-key-unknown`, `seal-signature-invalid`, or what `peekSeal` throws.
 */
export function openSeal(seal: string, keys: SealKeys, peeked = peekSeal(seal)): OpenSeal {
  const { kid, header } = peeked;
  const known = keys.get(kid);
  if (known === undefined) throw new TrustError('seal-key-unknown', 'shape');
  if (!verifyJws(seal, known.key)) throw new TrustError('seal-signature-invalid', 'shape');
  return { header, service: known.service, kid, digest: digestOf(seal) };
}

/**
 * Checks that seals, oldest first, are one unbroken chain of one transaction, which goes on and never back to a topic that it was on.
 *
 * Only the links are checked, not the signatures: whoever signed the last seal signed `prev`, and vouches that it opened the
 * one before. Whoever acts on the whole checks every signature too (`checkMessage`, `chain: 'signatures'`).
 *
 * @throws TrustError `seal-chain-broken`.
 */
export function checkLinks(seals: readonly string[], last?: PeekedSeal): readonly PeekedSeal[] {
  if (seals.length === 0 || seals.length > MAX_HOPS) throw new TrustError('seal-chain-broken', 'shape');
  const peeked = seals.map((seal, hop) => (hop === seals.length - 1 && last !== undefined ? last : peekSeal(seal)));
  peeked.forEach(({ header }, hop) => {
    const before = hop === 0 ? undefined : seals[hop - 1];
    const linked = header.hop === hop && header.prev === (before === undefined ? undefined : digestOf(before));
    const first = peeked[0]?.header;
    const same = header.txn === first?.txn && header.tth === first?.tth;
    const isBack = peeked.slice(0, hop).some((earlier) => earlier.header.topic === header.topic);
    if (!linked || !same || isBack) throw new TrustError('seal-chain-broken', 'shape');
  });
  return peeked;
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
