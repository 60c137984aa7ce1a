import type { IdentityChanges, ReviewRow } from '../identity-store/identity-changes.js';
import type { ReviewWord } from '../identity-store/identity-event.js';
import type { ReviewStep } from './decide-review.js';
import type { DatedWord } from './review.entity.js';

/** Adds a word to a change: to its review, to the events, to what the ledger is told. */
export function noteWord(changes: IdentityChanges, review: ReviewRow, word: ReviewWord, step: ReviewStep): void {
  const { reviewId, recordId, personId, subject } = review;
  const stage = step.kind === 'proposed' ? 'proposed' : 'final';
  const proposer = step.kind === 'join' ? { proposedBy: step.proposedBy } : {};
  const dated: DatedWord = { ...word, ...proposer, at: new Date().toISOString() };
  changes.reviews.push(
    stage === 'proposed'
      ? { ...review, status: 'proposed', proposal: dated }
      : { ...review, status: 'decided', decision: dated, content: null },
  );
  changes.events.push({
    kind: 'review-decided',
    recordId,
    personId,
    details: { reviewId, ...word, ...proposer, stage },
  });
  changes.facts.push({
    action: 'review.decided',
    outcome: 'success',
    reason: step.kind,
    personId,
    // Who said it is the event's requester; the log is public, so nobody's id or words stand here.
    details: { reviewId, subject, verdict: word.verdict },
  });
}
