import { randomBytes } from 'node:crypto';

import { type AuditEvent, type AuditReceipt, auditReceiptIssued } from '@hie/contracts';
import { formatLeaf, openingOf, sealEntry, voucherOf } from '@hie/ledger-entry';
import { type HopResult, MessagingError, effect, emission } from '@hie/messaging';
import { FileKeyring } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import { Witnessing } from '../ask-witnesses/witnessing.js';
import { LedgerKeys } from '../patient-keys/ledger-keys.js';
import { PatientKeys } from '../patient-keys/patient-keys.js';
import { entryOfEvent } from './entry-of-event.js';
import { type StandingEntry, insertEntries } from './entry.store.js';
import { rowMac } from './row-mac.js';
import { type Place, Sequencer } from './sequencer.js';

/** Puts an event into the log, sealed, then into the projection, and answers whoever waits with a receipt. */
@Injectable()
export class AppendEventHandler {
  constructor(
    private readonly sequencer: Sequencer,
    private readonly witnessing: Witnessing,
    private readonly ledgerKeys: LedgerKeys,
    private readonly patientKeys: PatientKeys,
    private readonly keyring: FileKeyring,
  ) {}

  async handle(event: AuditEvent, sealedBy: string): Promise<HopResult> {
    const patient = event.personId === undefined ? undefined : await this.patientKeys.of(event.personId);
    const entry = entryOfEvent(event, sealedBy, patient?.keyId);
    // Nothing stands here in a service's name that it has not signed; the seal of the message that brought it is not kept.
    if (voucherOf(entry, this.keyring.sealKeys()) !== sealedBy)
      throw new MessagingError('body-invalid', { detail: 'signature' });
    const leaf = sealEntry(entry, { ledger: this.ledgerKeys.entries, patient: patient?.key }, randomBytes);
    const { eventId, at, receiptWanted } = event;
    const place = await this.sequencer.append({ eventId, at, leaf: formatLeaf(leaf) }, receiptWanted);
    const receipt = receiptWanted
      ? [emission(auditReceiptIssued, await this.receiptOf(event, place), { ahead: true })]
      : [];
    const { details: _sealed, binding: _bound, ...head } = entry;
    const row = { index: place.index, leafHash: place.leafHash, head };
    const standing: StandingEntry = { ...row, details: leaf.details, mac: rowMac(row, this.ledgerKeys.rows) };
    return { emit: receipt, audit: [], effect: effect(insertEntries, standing) };
  }

  private async receiptOf({ eventId, txn, digest }: AuditEvent, place: Place): Promise<AuditReceipt> {
    const proof = await this.sequencer.proof(place);
    const cosigned = this.witnessing.newestNote;
    return {
      eventId,
      ...this.sequencer.placeOf(place),
      leafHash: base64(place.leafHash),
      opening: openingOf(eventId, this.ledgerKeys.entries).toString('base64url'),
      proof: proof.map(base64),
      checkpoint: place.checkpoint.raw,
      ...(cosigned === undefined ? {} : { cosigned }),
      ...(txn === undefined ? {} : { txn }),
      ...(digest === undefined ? {} : { digest }),
    };
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
