import { randomUUID } from 'node:crypto';

import type { IdentityChanges, ReviewRow } from '../identity-store/identity-changes.js';
import type { ReviewCandidate, ReviewReason, ReviewSubject } from '../identity-store/identity-event.js';
import type { PersonMatch } from '../identity-store/identity-index.js';

/** A review to be opened, and what a reviewer has to know of it. */
export interface Opening {
  readonly subject: ReviewSubject;
  readonly reason: ReviewReason;
  readonly recordId: string | null;
  readonly personId: string;
  readonly candidates: readonly ReviewCandidate[];
  readonly modelVersion: string;
  /** Absent for the machine. */
  readonly openedBy?: string;
  /** Of an overlay: the quarantined content, encrypted under a member's key. */
  readonly quarantined?: { readonly memberId: string; readonly content: Buffer };
}

/** What a match is worth showing a reviewer: probabilities, class posteriors, and each field's bits. No value of any field. */
export const candidateOf = ({ personId, probability, best }: PersonMatch): ReviewCandidate => ({
  personId,
  probability,
  ...(best === undefined
    ? {}
    : { recordId: best.recordId, posterior: best.posterior, fields: best.explanation.fields }),
});

/** Adds a review, and the event of its opening, to a change. @returns it. */
export function openReview(changes: IdentityChanges, opening: Opening): ReviewRow {
  const { recordId, personId, quarantined, openedBy, ...told } = opening;
  const reviewId = randomUUID();
  const probabilities = told.candidates.flatMap(({ probability }) => probability ?? []);
  const row: ReviewRow = {
    ...told,
    reviewId,
    status: 'open',
    recordId,
    personId,
    probability: probabilities.length === 0 ? null : Math.max(...probabilities),
    proposal: null,
    decision: null,
    memberId: quarantined?.memberId ?? null,
    content: quarantined?.content ?? null,
  };
  changes.reviews.push(row);
  const details = { reviewId, ...told, ...(openedBy === undefined ? {} : { openedBy }) };
  changes.events.push({ kind: 'review-opened', recordId, personId, details });
  return row;
}
