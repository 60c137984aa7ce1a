import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import type { IdentityChanges } from '../identity-store/identity-changes.js';
import type { ReviewWord } from '../identity-store/identity-event.js';
import { withFormerValues } from '../identity-store/former-values.js';
import { IdentityIndex } from '../identity-store/identity-index.js';
import { rootOf } from '../identity-store/person-forest.js';
import { isStandIn, traitsOf } from '../identity-store/record-traits.js';
import { refusedPair } from '../identity-store/refused-pair.entity.js';
import { type OpenedRecord, SourceRecordRepository } from '../identity-store/source-record.repository.js';
import { storedMatchRecord } from '../identity-store/stored-record.js';
import { PersonMoves } from '../merge-persons/person-moves.js';
import type { ReviewStep } from './decide-review.js';
import { candidateOf, openReview } from './open-review.js';
import type { ReviewEntity } from './review.entity.js';

/** Does what a reviewer's word leads to, as parts of a change. */
@Injectable()
export class ReviewOutcomes {
  constructor(
    private readonly index: IdentityIndex,
    private readonly records: SourceRecordRepository,
    private readonly moves: PersonMoves,
  ) {}

  /** @throws Refusal as `PersonMoves`; `record-unknown` 404; `already-one-person` 409: that is taken back by an unmerge. */
  async apply(changes: IdentityChanges, review: ReviewEntity, word: ReviewWord, step: ReviewStep): Promise<void> {
    if (step.kind === 'join') return this.join(changes, review, word, step);
    if (step.kind === 'part') return this.part(changes, review);
    if (step.kind === 'take-over' || step.kind === 'take-over-apart')
      return this.takeOver(changes, review, word, step.kind);
  }

  /**
   * A record that is all its person has takes the person along, whose id may have been given out: a merge. One among others is moved
   * alone.
   */
  private async join(
    changes: IdentityChanges,
    review: ReviewEntity,
    { by, reason }: ReviewWord,
    { personId: candidate, proposedBy }: Extract<ReviewStep, { kind: 'join' }>,
  ): Promise<void> {
    const { reviewId, recordId } = review;
    const personId = this.ownerOf(review);
    const survivorId = rootOf(this.index, candidate);
    // Somebody has joined them meanwhile by another way.
    if (personId === survivorId) return;
    if (recordId === null || this.index.recordsUnder(personId).length === 1) {
      this.moves.merge(changes, { personId, survivorId, reviewId, proposedBy, approvedBy: by, reason });
      for (const about of [personId, survivorId]) {
        changes.facts.push({ action: 'persons.merged', outcome: 'success', personId: about, details: { reviewId } });
      }
      return;
    }
    this.moves.move(changes, await this.recordOf(review), survivorId, { by, reason, reviewId });
    changes.facts.push({
      action: 'record.linked',
      outcome: 'success',
      personId: survivorId,
      details: { reviewId },
    });
  }

  private part(changes: IdentityChanges, review: ReviewEntity): void {
    const owner = this.ownerOf(review);
    for (const { personId } of review.candidates) {
      if (rootOf(this.index, personId) === owner) throw new Refusal('already-one-person', 409);
      changes.refused.push(refusedPair(this.linkedTo(review), personId));
    }
  }

  /** The quarantined content becomes the record's, for the same person or for one of its own. */
  private async takeOver(
    changes: IdentityChanges,
    review: ReviewEntity,
    { by, reason }: ReviewWord,
    kind: 'take-over' | 'take-over-apart',
  ): Promise<void> {
    const before = await this.recordOf(review);
    const { entity } = before;
    const { recordId, memberId } = entity;
    if (review.content === null) throw new RangeError('An open overlay has no content.');
    const fed = this.records.openQuarantined(memberId, review.content);
    // What another patient's chart said is nothing that this one was.
    const content = kind === 'take-over' ? withFormerValues(before.content, fed, isStandIn(before.content)) : fed;
    const version = entity.version + 1;
    const matches = kind === 'take-over' ? [] : this.plausibleFor(before, content);
    const after: OpenedRecord = { entity: this.records.seal({ ...entity, version }, content), content };
    changes.events.push({ kind: 'record-changed', recordId, personId: entity.personId, details: { version } });
    changes.records.push(after.entity);
    changes.afterCommit.push(
      () =>
        void this.index.update(
          recordId,
          storedMatchRecord(content),
          storedMatchRecord(before.content),
          traitsOf(content),
        ),
    );
    if (kind === 'take-over') {
      if (before.content.patientId !== content.patientId) changes.linked.push(after);
      return;
    }
    const personId = this.moves.takeOff(changes, after, { by, reason, reviewId: review.reviewId });
    if (matches.length === 0) return;
    const { modelVersion } = this.index.basis;
    const candidates = matches.map(candidateOf);
    openReview(changes, { subject: 'link', reason: 'changed-record', recordId, personId, candidates, modelVersion });
  }

  /** Whom a content may be of, but for the person it is taken off. */
  private plausibleFor({ entity }: OpenedRecord, content: OpenedRecord['content']) {
    const off = rootOf(this.index, entity.personId);
    const { matches } = this.index.search(storedMatchRecord(content));
    return matches.filter(({ verdict, personId }) => verdict !== 'apart' && personId !== off);
  }

  private async recordOf({ recordId }: ReviewEntity): Promise<OpenedRecord> {
    const [record] = recordId === null ? [] : await this.records.findByIds([recordId]);
    if (record === undefined) throw new Refusal('record-unknown', 404);
    return record;
  }

  /** Whom the review's record is linked to now, or the person itself that it is about. */
  private linkedTo({ recordId, personId }: ReviewEntity): string {
    return recordId === null ? personId : (this.index.stateOf(recordId)?.personId ?? personId);
  }

  private ownerOf(review: ReviewEntity): string {
    return rootOf(this.index, this.linkedTo(review));
  }
}
