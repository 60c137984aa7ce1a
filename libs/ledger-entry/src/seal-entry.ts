import type { KeyObject } from 'node:crypto';

import { commitmentTo } from './commitment.js';
import { type EntryDetails, type EntryHead, type LedgerEntry, canonicalJson } from './ledger-entry.js';
import { type SealedLeaf, LedgerEntryError } from './sealed-leaf.js';
import { type Random, entryKey, openPart, sealPart } from './sealed-part.js';
import type { Binding } from './vouching.js';

/** Keys of 256 bits: the ledger's own, and the one of the patient whom the entry speaks of. */
export interface EntryKeys {
  readonly ledger: KeyObject;
  /** Absent where it speaks of nobody: its details are sealed all the same, and look alike. */
  readonly patient?: KeyObject | undefined;
}

/** Room for any head, and for the details of an answer with a dozen members; measured on a whole test run. */
const LEAST_HEAD_BYTES = 1280;
const LEAST_DETAILS_BYTES = 1024;

/**
 * What goes into the public log for an entry: nobody learns from it who asked, about whom, or with what success; not even whether it
 * speaks of a patient, or of the same one as another.
 *
 * The head is sealed under the ledger's key; the details, and the key of this head, under the patient's. So the ledger's keeper reads
 * every head for ever, the details while the patient's key exists, and the patient's key alone opens all there is about the patient.
 */
export function sealEntry(entry: LedgerEntry, keys: EntryKeys, random: Random): SealedLeaf {
  const { details = {}, binding, eventId, ...head } = entry;
  const headKey = entryKey(keys.ledger, 'head', eventId);
  const inner = canonicalJson({ details, binding, headKey: headKey.toString('base64url') });
  return {
    v: 2,
    eventId,
    commitment: commitmentTo(entry.digest, openingOf(eventId, keys.ledger)),
    head: sealPart(headKey, 'head', eventId, canonicalJson(head), LEAST_HEAD_BYTES, random),
    details: sealPart(detailsKey(eventId, keys), 'details', eventId, inner, LEAST_DETAILS_BYTES, random),
  };
}

/** What opens an entry's commitment; goes into the receipt. 32 bytes. */
export const openingOf = (eventId: string, ledgerKey: KeyObject): Buffer => entryKey(ledgerKey, 'opening', eventId);

/** @throws LedgerEntryError `entry-unreadable` */
export function openHead({ eventId, head }: SealedLeaf, ledgerKey: KeyObject): EntryHead {
  return headOf(eventId, openPart(entryKey(ledgerKey, 'head', eventId), 'head', eventId, head));
}

/** @throws LedgerEntryError `entry-unreadable` with a key that is not the one the details are under. */
export function openDetails(
  { eventId, details }: Pick<SealedLeaf, 'eventId' | 'details'>,
  keys: EntryKeys,
): EntryDetails {
  return innerOf(openPart(detailsKey(eventId, keys), 'details', eventId, details)).details;
}

/** What opens one entry and no other, base64url. `details` is absent where the key that they are under was destroyed. */
export interface OneEntryKeys {
  readonly head: string;
  readonly details?: string;
}

/** What is handed along with an entry's leaf, so that whoever gets it can read what was logged. @param isDestroyed of the patient's key. */
export function oneEntryKeys(eventId: string, keys: EntryKeys, isDestroyed = false): OneEntryKeys {
  const head = entryKey(keys.ledger, 'head', eventId).toString('base64url');
  return isDestroyed ? { head } : { head, details: detailsKey(eventId, keys).toString('base64url') };
}

/** The entry of a leaf, without details where there is no key to them. @throws LedgerEntryError `entry-unreadable` */
export function openOne({ eventId, head, details }: SealedLeaf, keys: OneEntryKeys): LedgerEntry {
  const opened = headOf(eventId, openPart(Buffer.from(keys.head, 'base64url'), 'head', eventId, head));
  if (keys.details === undefined) return opened;
  const inner = innerOf(openPart(Buffer.from(keys.details, 'base64url'), 'details', eventId, details));
  return { ...opened, ...wholeOf(inner) };
}

/** The whole entry, by the patient's key alone; `undefined` when it does not speak of this patient. */
export function openAsPatient(leaf: SealedLeaf, patientKey: KeyObject): LedgerEntry | undefined {
  const { eventId } = leaf;
  let inner: Inner;
  try {
    inner = innerOf(openPart(entryKey(patientKey, 'details', eventId), 'details', eventId, leaf.details));
  } catch (error) {
    if (error instanceof LedgerEntryError) return undefined;
    throw error;
  }
  const head = openPart(Buffer.from(inner.headKey, 'base64url'), 'head', eventId, leaf.head);
  return { ...headOf(eventId, head), ...wholeOf(inner) };
}

interface Inner {
  readonly details: EntryDetails;
  readonly headKey: string;
  readonly binding?: Binding;
}

const wholeOf = ({ details, binding }: Inner): Pick<LedgerEntry, 'details' | 'binding'> => ({
  details,
  ...(binding === undefined ? {} : { binding }),
});

const detailsKey = (eventId: string, { patient, ledger }: EntryKeys): Buffer =>
  patient === undefined ? entryKey(ledger, 'details', eventId) : entryKey(patient, 'details', eventId);

// What opens under a key was sealed by `sealEntry`: its shape is known.
const headOf = (eventId: string, head: unknown): EntryHead => ({ ...(head as Omit<EntryHead, 'eventId'>), eventId });
const innerOf = (value: unknown): Inner => value as Inner;
