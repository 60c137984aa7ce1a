import { type AuditEvent, type AuditReceipt, auditReceiptIssued } from '@hie/contracts';
import { type HopResult, effect, emission } from '@hie/messaging';
import { FileKeyring } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import { Witnessing } from '../ask-witnesses/witnessing.js';
import { insertEntries } from './entry.store.js';
import { ledgerEntry } from './ledger-entry.js';
import { type Place, Sequencer } from './sequencer.js';

/** Puts an event into the log, then into the projection, and answers whoever waits with a receipt. */
@Injectable()
export class AppendEventHandler {
  private readonly patientKey: Buffer;

  constructor(
    private readonly sequencer: Sequencer,
    private readonly witnessing: Witnessing,
    keyring: FileKeyring,
  ) {
    this.patientKey = keyring.masterKey();
  }

  async handle(event: AuditEvent, sealedBy: string): Promise<HopResult> {
    const entry = ledgerEntry(event, sealedBy, this.patientKey);
    const place = await this.sequencer.append(entry, event.receiptWanted);
    const receipt = event.receiptWanted
      ? [emission(auditReceiptIssued, await this.receiptOf(event, place), { ahead: true })]
      : [];
    const standing = { index: place.index, leafHash: place.leafHash, entry };
    return { emit: receipt, audit: [], effect: effect(insertEntries, standing) };
  }

  private async receiptOf({ eventId, txn, digest }: AuditEvent, place: Place): Promise<AuditReceipt> {
    const proof = await this.sequencer.proof(place);
    const cosigned = this.witnessing.newestNote;
    return {
      eventId,
      index: place.index,
      leafHash: base64(place.leafHash),
      proof: proof.map(base64),
      checkpoint: place.checkpoint.raw,
      ...(cosigned === undefined ? {} : { cosigned }),
      ...(txn === undefined ? {} : { txn }),
      ...(digest === undefined ? {} : { digest }),
    };
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
