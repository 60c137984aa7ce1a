import type { ReviewVerdict, ReviewWord } from '../identity-store/identity-event.js';
import type { ReviewEntity } from './review.entity.js';

/** Why a word is not taken; a stable code each. */
export type WordFault = 'review-decided' | 'verdict-not-offered' | 'candidate-unknown' | 'second-person-needed';

/** What a word on a review leads to. */
export type ReviewStep =
  | { readonly kind: 'refused'; readonly fault: WordFault }
  /** Waits for a second person. */
  | { readonly kind: 'proposed' }
  /** Two people have said so: record and candidate are one person. */
  | { readonly kind: 'join'; readonly personId: string; readonly proposedBy: string }
  /** They are two; the machine is never to join them. */
  | { readonly kind: 'part' }
  /** What becomes of a quarantined content. */
  | { readonly kind: 'take-over' | 'take-over-apart' | 'drop' };

const overlaySteps: Record<ReviewVerdict, ReviewStep> = {
  same: { kind: 'take-over' },
  different: { kind: 'take-over-apart' },
  reject: { kind: 'drop' },
};

/**
 * Decides what one person's word on a review leads to.
 *
 * To part two persons one word is enough, because who is kept apart by mistake is disclosed to nobody. To join them takes two: one proposes, another
 * approves the same candidate. What is decided stays decided, for people and the machine alike; a merge is taken back by a command of its own.
 */
export function decideReview(
  review: Pick<ReviewEntity, 'status' | 'subject' | 'candidates' | 'proposal'>,
  word: ReviewWord,
): ReviewStep {
  if (review.status === 'decided' || review.status === 'withdrawn') return refused('review-decided');
  if (review.subject === 'overlay') return overlaySteps[word.verdict];
  if (word.verdict === 'reject') return refused('verdict-not-offered');
  if (word.verdict === 'different') return { kind: 'part' };
  const { personId } = word;
  if (personId === undefined || !review.candidates.some((candidate) => candidate.personId === personId)) {
    return refused('candidate-unknown');
  }
  if (review.proposal?.personId !== personId) return { kind: 'proposed' };
  if (isSameActor(review.proposal.by, word.by)) return refused('second-person-needed');
  return { kind: 'join', personId, proposedBy: review.proposal.by };
}

const refused = (fault: WordFault): ReviewStep => ({ kind: 'refused', fault });

/** A name in other letters is not another person. */
const isSameActor = (a: string, b: string): boolean =>
  a.normalize('NFKC').toLowerCase() === b.normalize('NFKC').toLowerCase();
