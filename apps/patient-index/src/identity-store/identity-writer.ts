import { type OutboxRecord, type Transaction, UnitOfWork } from '@hie/persistence';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { Injectable } from '@nestjs/common';

import { type IdentityChanges, noChanges } from './identity-changes.js';
import { IdentityAnnouncer } from './identity.announcer.js';
import { IdentityEventRepository } from './identity-event.repository.js';
import { IdentitySnapshots } from './identity-snapshots.js';
import { MatchModelEntity } from '../promote-model/match-model.entity.js';
import { ReviewEntity } from '../review-identities/review.entity.js';
import { PersonEntity } from './person.entity.js';
import { RefusedPairEntity } from './refused-pair.entity.js';
import { SourceRecordEntity } from './source-record.entity.js';
import { StandingDecisions } from './standing-decisions.js';

/**
 * The one way identities change: feeds and people's decisions alike.
 *
 * One change at a time, so that two which touch the same person meet each other's result; a change is one transaction, with its events
 * and the messages that announce it. When that fails, the in-memory index takes its changes back.
 */
@Injectable()
export class IdentityWriter {
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly snapshots: IdentitySnapshots,
    private readonly events: IdentityEventRepository,
    private readonly decisions: StandingDecisions,
    private readonly announcer: IdentityAnnouncer,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Runs `decide` in its turn; what it puts into the changes is then stored.
   *
   * @param claims of whoever changes it, for the ledger. @throws whatever `decide` or the database throws
   */
  write<T>(claims: TransactionClaims, decide: (changes: IdentityChanges) => Promise<T>): Promise<T> {
    const work = this.queue.then(() => this.writeInTurn(claims, decide));
    this.queue = work.catch(() => undefined);
    return work;
  }

  private async writeInTurn<T>(
    claims: TransactionClaims,
    decide: (changes: IdentityChanges) => Promise<T>,
  ): Promise<T> {
    const changes = noChanges();
    let changed = 0;
    this.snapshots.unsettle();
    try {
      const result = await decide(changes);
      const announced = await this.announcer.records(changes, claims);
      if (changes.events.length + announced.length > 0)
        await this.unitOfWork.run((transaction) => this.store(transaction, changes, announced));
      changes.afterCommit.forEach((then) => then());
      changes.refused.forEach(({ low, high }) => this.decisions.refuse(low, high));
      changed = changes.undo.length + changes.afterCommit.length;
      return result;
    } catch (error) {
      changes.undo.reverse().forEach((undo) => undo());
      throw error;
    } finally {
      this.snapshots.settle(changed);
    }
  }

  private async store(
    { manager, announce }: Transaction,
    changes: IdentityChanges,
    announced: readonly OutboxRecord[],
  ): Promise<void> {
    const { people, redirected, records, relinked, reviews, refused, models, events } = changes;
    if (people.length > 0) await manager.insert(PersonEntity, people);
    if (redirected.length > 0) await manager.upsert(PersonEntity, redirected, ['personId']);
    if (records.length > 0) await manager.upsert(SourceRecordEntity, newest(records, 'recordId'), ['recordId']);
    for (const { recordId, personId } of relinked) await manager.update(SourceRecordEntity, { recordId }, { personId });
    if (reviews.length > 0) await manager.upsert(ReviewEntity, newest(reviews, 'reviewId'), ['reviewId']);
    if (refused.length > 0) await manager.upsert(RefusedPairEntity, refused, ['low', 'high']);
    if (models.length > 0) await manager.upsert(MatchModelEntity, models as object[], ['version']);
    if (events.length > 0) await this.events.append(manager, events);
    if (announced.length > 0) await announce(announced);
  }
}

/** Of several versions of one row the last: one statement can't write a row twice. */
const newest = <K extends string, T extends Readonly<Record<K, string>>>(rows: readonly T[], key: K): T[] => [
  ...new Map(rows.map((row) => [row[key], row])).values(),
];
