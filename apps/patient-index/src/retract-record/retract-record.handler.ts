import type { TransactionClaims } from '@hie/purpose-of-use';
import { Injectable } from '@nestjs/common';

import type { IdentityChanges } from '../identity-store/identity-changes.js';
import { IdentityIndex } from '../identity-store/identity-index.js';
import { IdentityWriter } from '../identity-store/identity-writer.js';
import { traitsOf } from '../identity-store/record-traits.js';
import { type OpenedRecord, SourceRecordRepository } from '../identity-store/source-record.repository.js';
import { type StoredRecord, storedMatchRecord } from '../identity-store/stored-record.js';
import { ReviewRepository } from '../review-identities/review.repository.js';
import { Tombstones } from './tombstones.js';

/** Takes back what a member has fed by mistake: the record leaves the index, its person and the locator, and what it held is destroyed. */
@Injectable()
export class RetractRecordHandler {
  constructor(
    private readonly index: IdentityIndex,
    private readonly records: SourceRecordRepository,
    private readonly reviews: ReviewRepository,
    private readonly tombstones: Tombstones,
    private readonly writer: IdentityWriter,
  ) {}

  /**
   * Retracts a member's record by its identifier.
   *
   * Its person stays, and so do merges: they redirect ids that have been given out. A person without any record is disclosed to nobody.
   *
   * @returns whether there was one. @throws Refusal `not-the-writer` 421
   */
  retract(memberId: string, identifier: StoredRecord['identifier'], claims: TransactionClaims): Promise<boolean> {
    return this.writer.write(claims, async (changes) => {
      const [record] = await this.records.findByIdentifiers(memberId, [identifier]);
      if (record === undefined) return false;
      await this.take(changes, record);
      return true;
    });
  }

  private async take(changes: IdentityChanges, { entity, content }: OpenedRecord): Promise<void> {
    const { recordId, personId, memberId, version } = entity;
    for (const { openedAt: _opened, ...review } of await this.reviews.openOf([recordId])) {
      const { reviewId } = review;
      changes.reviews.push({ ...review, status: 'withdrawn', content: null });
      changes.events.push({ kind: 'review-withdrawn', recordId, personId, details: { reviewId } });
    }
    this.index.remove(recordId);
    this.index.noteTakenOff(recordId, personId);
    changes.undo.push(() =>
      this.index.put(recordId, personId, storedMatchRecord(content), { version, traits: traitsOf(content) }),
    );
    changes.retracted.push({ tombstone: this.tombstones.of(entity, content), identifier: content.identifier });
    changes.events.push({ kind: 'record-retracted', recordId, personId, details: { memberId } });
    changes.facts.push({ action: 'record.retracted', outcome: 'success', personId });
  }
}
