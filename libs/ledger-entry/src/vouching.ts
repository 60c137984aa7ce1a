// Whose word an entry is: the service that told it has signed what it told, and the entry keeps the signature. Whoever holds the ledger's
// keys can write an entry, and none that bears another service's name (ATTACKS F14).
import { type KeyObject, hash } from 'node:crypto';

import { type SealKeys, signEvent, signerOf } from '@hie/purpose-of-use';

import { type EntryDetails, type EntryHead, type LedgerEntry, canonicalJson } from './ledger-entry.js';

/** What a service tells, and the ledger keeps in clear for its keeper. */
export type ToldHead = Omit<EntryHead, 'patient' | 'sealedBy' | 'detailsDigest' | 'signature'>;

/**
 * What binds the details and the person to the signature without saying them: it is sealed with the details, and goes with the patient's
 * key. What is left then can not be guessed from.
 */
export interface Binding {
  /** 128 random bits, base64url. */
  readonly salt: string;
  /** Digest of the salt and of whom the event is about. */
  readonly person?: string;
}

/** @param salt 128 random bits, base64url. */
export const bindingOf = (salt: string, personId: string | undefined): Binding => ({
  salt,
  ...(personId === undefined ? {} : { person: digestOf(`${salt}${personId}`) }),
});

export const detailsDigestOf = (binding: Binding, details: EntryDetails): string =>
  digestOf(canonicalJson({ ...binding, details }));

/** A service's word on what it tells: a detached JWS (RFC 7515, appendix F) under the key that it seals its messages with. */
export const vouchFor = (told: ToldHead, detailsDigest: string, kid: string, key: KeyObject): string =>
  signEvent(eventDigest(told, detailsDigest), kid, key);

/**
 * Whose word an entry is, details and person included where they can be read.
 *
 * @returns the service whose key has signed it; `undefined` where nobody has, or where something of it was changed since.
 */
export function voucherOf(entry: LedgerEntry, keys: SealKeys): string | undefined {
  const { detailsDigest, signature, binding, details } = entry;
  if (detailsDigest === undefined || signature === undefined) return undefined;
  // Details that were read are bound to the signature; where they are gone, or were not read, what binds them is left.
  if (details !== undefined && (binding === undefined || detailsDigestOf(binding, details) !== detailsDigest))
    return undefined;
  return signerOf(signature, eventDigest(entry, detailsDigest), Date.parse(entry.at), keys);
}

function eventDigest(told: ToldHead, detailsDigest: string): string {
  const { eventId, txn, service, action, outcome, reason, purpose, requester, digest, seals, at } = told;
  const what = { eventId, txn, service, action, outcome, reason, purpose, requester, digest, seals, at };
  return digestOf(canonicalJson({ ...what, detailsDigest }));
}

const digestOf = (text: string): string => hash('sha256', text, 'base64url');
