import type { FieldDifference } from './side-by-side.js';
import type { ReviewEntity } from './review.entity.js';

/** A review as it is listed: codes and numbers, nobody's demographics. */
export type ReviewView = Pick<
  ReviewEntity,
  'reviewId' | 'subject' | 'reason' | 'status' | 'recordId' | 'personId' | 'probability' | 'modelVersion'
> & {
  readonly candidates: readonly string[];
  readonly proposal?: ReviewEntity['proposal'];
  readonly decision?: ReviewEntity['decision'];
  readonly openedAt: string;
};

/** A review as its reviewer reads it: each candidate with the machine's reasons and both records side by side. */
export interface ReviewDossier extends Omit<ReviewView, 'candidates'> {
  readonly candidates: readonly (ReviewEntity['candidates'][number] & {
    readonly fieldsSideBySide: readonly FieldDifference[];
  })[];
}

export const viewOf = ({ proposal, decision, openedAt, candidates, ...review }: ReviewEntity): ReviewView => ({
  reviewId: review.reviewId,
  subject: review.subject,
  reason: review.reason,
  status: review.status,
  recordId: review.recordId,
  personId: review.personId,
  probability: review.probability,
  modelVersion: review.modelVersion,
  candidates: candidates.map(({ personId }) => personId),
  ...(proposal === null ? {} : { proposal }),
  ...(decision === null ? {} : { decision }),
  openedAt: openedAt.toISOString(),
});
