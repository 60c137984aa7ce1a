import type { AuditEvent } from '@hie/contracts';
import { type LedgerEntry, bindingOf, detailsDigestOf } from '@hie/ledger-entry';

/**
 * What the ledger keeps of an event: everything but the person, who becomes the id of a key, and the word of the service on it.
 *
 * @param patient the id of the person's key, where the event speaks of one.
 */
export function entryOfEvent(event: AuditEvent, sealedBy: string, patient: string | undefined): LedgerEntry {
  const { personId, receiptWanted, vouched, ...kept } = event;
  const entry = { ...kept, sealedBy, ...(patient === undefined ? {} : { patient }) };
  if (vouched === undefined) return entry;
  const binding = bindingOf(vouched.salt, personId);
  return { ...entry, binding, detailsDigest: detailsDigestOf(binding, event.details), signature: vouched.signature };
}
