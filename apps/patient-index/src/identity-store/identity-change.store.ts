import { type OutboxRecord, type Transaction, UnitOfWork } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { Injectable } from '@nestjs/common';

import { WriterSeat } from '../follow-writer/writer-seat.js';
import { MatchModelEntity } from '../promote-model/match-model.entity.js';
import { RetractedRecordEntity } from '../retract-record/retracted-record.entity.js';
import { ReviewEntity } from '../review-identities/review.entity.js';
import type { IdentityChanges } from './identity-changes.js';
import { IdentityAnnouncer } from './identity.announcer.js';
import { isMerge, isMove } from './identity-event.js';
import { IdentityEventRepository } from './identity-event.repository.js';
import { PersonEntity } from './person.entity.js';
import { RefusedPairEntity } from './refused-pair.entity.js';
import { SourceRecordEntity } from './source-record.entity.js';

/** Stores one change of identities, its events and what announces it, in one transaction that holds the writer's seat. */
@Injectable()
export class IdentityChangeStore {
  constructor(
    private readonly events: IdentityEventRepository,
    private readonly announcer: IdentityAnnouncer,
    private readonly unitOfWork: UnitOfWork,
    private readonly seat: WriterSeat,
  ) {}

  /**
   * @param epoch how often anybody will have been moved, the moves of this change among them.
   * @returns the number of its last event, 0 for none. @throws Refusal `not-the-writer` 421; whatever the database throws
   */
  async store(changes: IdentityChanges, claims: TransactionClaims, epoch: number): Promise<number> {
    const announced = await this.announcer.records(changes, claims, epoch);
    if (changes.events.length + announced.length === 0) return 0;
    const write = (transaction: Transaction) => this.write(transaction, changes, announced);
    // Whoever moves somebody is answered once the log has it: from then on, whoever releases finds it there (docs/adr/0194).
    if (changes.events.some(isMove)) return (await this.unitOfWork.runAndTell(write)).result;
    return this.unitOfWork.run(write);
  }

  private async write(
    { manager, announce }: Transaction,
    changes: IdentityChanges,
    announced: readonly OutboxRecord[],
  ): Promise<number> {
    await this.seat.hold(manager);
    const { people, redirected, records, relinked, reviews, refused, models, events, retracted, returned } = changes;
    if (people.length > 0) await manager.insert(PersonEntity, people);
    if (redirected.length > 0) await manager.upsert(PersonEntity, redirected, ['personId']);
    if (records.length > 0) await manager.upsert(SourceRecordEntity, newest(records, 'recordId'), ['recordId']);
    for (const { recordId, personId } of relinked) await manager.update(SourceRecordEntity, { recordId }, { personId });
    for (const { tombstone } of retracted) {
      await manager.delete(SourceRecordEntity, { recordId: tombstone.recordId });
      await manager.upsert(RetractedRecordEntity, tombstone, ['memberId', 'identifierHash']);
    }
    for (const { memberId, identifierHash } of returned)
      await manager.delete(RetractedRecordEntity, { memberId, identifierHash });
    if (reviews.length > 0) await manager.upsert(ReviewEntity, newest(reviews, 'reviewId'), ['reviewId']);
    if (refused.length > 0) await manager.upsert(RefusedPairEntity, refused, ['low', 'high']);
    if (models.length > 0) await manager.upsert(MatchModelEntity, models as object[], ['version']);
    const seq = events.length > 0 ? await this.events.append(manager, events) : 0;
    const merged = events.filter(isMerge).map(({ personId }) => personId);
    const told = merged.length === 0 ? [] : await this.announcer.merged(merged, await this.events.merges(manager));
    if (announced.length + told.length > 0) await announce([...announced, ...told]);
    return seq;
  }
}

/** Of several versions of one row the last: one statement can't write a row twice. */
const newest = <K extends string, T extends Readonly<Record<K, string>>>(rows: readonly T[], key: K): T[] => [
  ...new Map(rows.map((row) => [row[key], row])).values(),
];
