/** One person (or record) that a query may belong to. */
export interface Scored<Id> {
  readonly id: Id;
  /** Calibrated probability that it is the same person. */
  readonly probability: number;
  /** Something stated forbids the link (a suffix that contradicts the other's): it is a person's to decide. */
  readonly isVetoed?: boolean;
}

export interface DecisionPolicy {
  /** Link by machine from this probability on. */
  readonly linkAt: number;
  /** Ask a person from this probability on; a second candidate this likely is a rival. */
  readonly reviewAt: number;
}

export const defaultPolicy: DecisionPolicy = { linkAt: 0.95, reviewAt: 0.2 };

/** Why a decision is not `certain`; one code each, for logs and review queues. */
export type ReviewReason = 'rival' | 'veto' | 'below-link-threshold' | 'search-incomplete';

export type Decision<Id> =
  | { readonly kind: 'certain'; readonly id: Id; readonly probability: number }
  | { readonly kind: 'review'; readonly ids: readonly Id[]; readonly reason: ReviewReason }
  | { readonly kind: 'new' };

/**
 * Chooses between linking, asking a person, and a new identity.
 *
 * `certain` only when exactly one candidate reaches the link threshold, nothing forbids it, no other reaches even the review threshold,
 * and the search was complete: a wrong link shows one patient's record to another patient's clinician, so two plausible people are never told apart here
 * by the higher probability. An incomplete search that found nothing is a review without candidates, not a new identity.
 *
 * @param candidates one for each person: a person's records are joined before (`personProbability`).
 */
export function decide<Id>(
  candidates: readonly Scored<Id>[],
  complete: boolean,
  policy: DecisionPolicy = defaultPolicy,
): Decision<Id> {
  const plausible = candidates
    .filter(({ probability }) => probability >= policy.reviewAt)
    .sort((a, b) => b.probability - a.probability);
  const ids = plausible.map(({ id }) => id);
  const [best, rival] = plausible;
  if (!complete) return { kind: 'review', ids, reason: 'search-incomplete' };
  if (best === undefined) return { kind: 'new' };
  if (rival !== undefined) return { kind: 'review', ids, reason: 'rival' };
  if (best.isVetoed === true) return { kind: 'review', ids, reason: 'veto' };
  if (best.probability < policy.linkAt) return { kind: 'review', ids, reason: 'below-link-threshold' };
  return { kind: 'certain', id: best.id, probability: best.probability };
}
