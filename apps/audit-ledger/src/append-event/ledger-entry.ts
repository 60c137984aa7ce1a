import { createHmac } from 'node:crypto';

import type { AuditEvent } from '@hie/contracts';

/** RFC 6962 leaf data: what stands in the log for ever. */
export interface LedgerEntry extends Omit<AuditEvent, 'personId' | 'receiptWanted'> {
  readonly v: 1;
  /** Keyed hash of the person: the ledger finds a patient's entries, a reader of the log does not find the patient. */
  readonly patient?: string;
  /** Whose seal vouches for this event. */
  readonly sealedBy: string;
}

export const MAX_ENTRY_BYTES = 64 * 1024;

/** What goes into the log for an event: no name, no local identifier, and the person only as a keyed hash. */
export function ledgerEntry(event: AuditEvent, sealedBy: string, patientKey: Buffer): LedgerEntry {
  const { personId, receiptWanted, ...kept } = event;
  const patient = personId === undefined ? undefined : patientHash(personId, patientKey);
  return { v: 1, ...kept, sealedBy, ...(patient === undefined ? {} : { patient }) };
}

/** HMAC-SHA-256 of the person's id, base64url. */
export const patientHash = (personId: string, key: Buffer): string =>
  createHmac('sha256', key).update(personId).digest('base64url');

/**
 * The bytes of an entry: JSON with sorted keys and no white space (RFC 8785 for the values that occur here: strings, booleans,
 * finite numbers), so that the same entry has the same leaf hash wherever it is written out.
 *
 * @throws RangeError over 64 KiB.
 */
export function canonicalBytes(entry: LedgerEntry): Buffer {
  const bytes = Buffer.from(JSON.stringify(sorted(entry)));
  if (bytes.length > MAX_ENTRY_BYTES) throw new RangeError('A ledger entry is at most 64 KiB.');
  return bytes;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]));
}
