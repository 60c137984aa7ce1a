/** Log-odds of a pair are clipped to ± this (natural log): one record must not outvote all others of a person. */
export const clip = 10;
/** What a record of a person counts that the search did not bring up: mild evidence against. */
export const missingPair = -1;

/** Log-odds (natural) of a probability, clipped. */
export function clippedLogOdds(probability: number): number {
  return Math.max(-clip, Math.min(clip, Math.log(probability / (1 - probability))));
}

/** How a record, or a cluster of records, stands to a person. */
export interface PersonEvidence {
  /** Mean of the clipped log-odds over all pairs across, `missingPair` for those not found: average linkage. */
  readonly mean: number;
  /** Their sum. */
  readonly sum: number;
  /** The least probability of any pair found, 1 when none was: a veto below `LinkRule.vetoBelow`. */
  readonly least: number;
  /** The greatest probability of any pair found. */
  readonly most: number;
}

/**
 * Gathers the evidence between a record and a person (or between two people, over all pairs across).
 *
 * @param probabilities of the pairs that were found.
 * @param pairs how many pairs there are: records on the one side times records on the other.
 */
export function personEvidence(probabilities: readonly number[], pairs: number): PersonEvidence {
  const found = probabilities.reduce((total, probability) => total + clippedLogOdds(probability), 0);
  const sum = found + missingPair * (pairs - probabilities.length);
  return {
    mean: sum / Math.max(1, pairs),
    sum,
    least: Math.min(1, ...probabilities),
    most: Math.max(0, ...probabilities),
  };
}

/** One number for `decide`: the probability that the mean log-odds stand for. */
export function personProbability(evidence: PersonEvidence): number {
  return 1 / (1 + Math.exp(-evidence.mean));
}

export interface LinkRule {
  /** Sum of log-odds from which evidence is enough: ln(0.95 ÷ 0.05). */
  readonly linkAtSum: number;
  /** A single pair below this probability forbids the link. */
  readonly vetoBelow: number;
  /** Mean log-odds from which a person should look at it. */
  readonly reviewAtMean: number;
}

export const defaultLinkRule: LinkRule = {
  linkAtSum: Math.log(0.95 / 0.05),
  vetoBelow: 0.01,
  reviewAtMean: Math.log(0.05 / 0.95),
};

/**
 * The live rule: link on enough evidence without veto, review on some evidence or on a veto, otherwise apart. The same rule holds for
 * two people that a new record would join: below it they are reviewed, never merged silently.
 */
export function decidePersonLink(
  evidence: PersonEvidence,
  rule: LinkRule = defaultLinkRule,
): 'link' | 'review' | 'apart' {
  if (evidence.mean > 0 && evidence.sum >= rule.linkAtSum && evidence.least >= rule.vetoBelow) return 'link';
  return evidence.mean > rule.reviewAtMean || evidence.most >= 0.95 ? 'review' : 'apart';
}
