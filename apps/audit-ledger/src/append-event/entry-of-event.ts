import type { AuditEvent } from '@hie/contracts';
import type { LedgerEntry } from '@hie/ledger-entry';

/**
 * What the ledger keeps of an event: everything but the person, who becomes the id of a key.
 *
 * @param patient the id of the person's key, where the event speaks of one.
 */
export function entryOfEvent(event: AuditEvent, sealedBy: string, patient: string | undefined): LedgerEntry {
  const { personId, receiptWanted, ...kept } = event;
  return { ...kept, sealedBy, ...(patient === undefined ? {} : { patient }) };
}
