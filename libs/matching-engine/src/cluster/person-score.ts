/** Log-odds of a pair are clipped to ± this (natural log): one record must not outvote all others of a person. */
export const clip = 10;
/** What a record of a person counts that the search did not bring up: mild evidence against. */
export const missingPair = -1;

/** Log-odds (natural) of a probability, clipped. */
export function clippedLogOdds(probability: number): number {
  return Math.max(-clip, Math.min(clip, Math.log(probability / (1 - probability))));
}

/**
 * How much less several pairs say than their number: n pairs count n^(1 − overlap). Records of one person are copies of each other in
 * part, and what ten pairs agree on is not ten observations. 0 takes pairs for independent, 1 for one (ADR 0105, ADR 0111).
 */
export const overlap = 0.1;

/** What is known of one pair across: a `Candidate` is one. */
export interface PairEvidence {
  readonly probability: number;
  /** The two state that they are two people (`isVetoed`). */
  readonly isVetoed?: boolean;
}

/** How a record, or a cluster of records, stands to a person. */
export interface PersonEvidence {
  /** Mean of the clipped log-odds over all pairs across, `missingPair` for those not found: average linkage. */
  readonly mean: number;
  /** Log-odds (natural) that it is this person: their sum, n pairs counted n^(1 − `overlap`). What is linked is decided by it. */
  readonly logOdds: number;
  /** The least probability of any pair found, 1 when none was: a veto below `LinkRule.vetoBelow`. */
  readonly least: number;
  /** The greatest probability of any pair found. */
  readonly most: number;
  /** Whether any pair states that it is two people: a veto whatever its probability. */
  readonly isVetoed: boolean;
}

/**
 * Gathers the evidence between a record and a person (or between two people, over all pairs across).
 *
 * @param found the pairs that were found.
 * @param pairs how many pairs there are: records on the one side times records on the other.
 */
export function personEvidence(found: readonly PairEvidence[], pairs: number): PersonEvidence {
  const ofFound = found.reduce((total, { probability }) => total + clippedLogOdds(probability), 0);
  const sum = ofFound + missingPair * (pairs - found.length);
  const probabilities = found.map(({ probability }) => probability);
  return {
    mean: sum / Math.max(1, pairs),
    logOdds: sum / Math.max(1, pairs) ** overlap,
    least: Math.min(1, ...probabilities),
    most: Math.max(0, ...probabilities),
    isVetoed: found.some(({ isVetoed = false }) => isVetoed),
  };
}

/**
 * The probability that a record is this person's, on the scale that decides: without a veto it is linked from the probability of
 * `LinkRule.linkAtSum` on, and not below.
 */
export function personProbability({ logOdds }: PersonEvidence): number {
  return 1 / (1 + Math.exp(-logOdds));
}

export interface LinkRule {
  /** `PersonEvidence.logOdds` from which evidence is enough: ln(0.95 ÷ 0.05). */
  readonly linkAtSum: number;
  /** A single pair below this probability forbids the link. */
  readonly vetoBelow: number;
  /** Mean log-odds above which a person should look at it: ln(0.1 ÷ 0.9). */
  readonly reviewAtMean: number;
}

export const defaultLinkRule: LinkRule = {
  linkAtSum: Math.log(0.95 / 0.05),
  vetoBelow: 0.01,
  reviewAtMean: Math.log(0.1 / 0.9),
};

/**
 * The live rule: link on enough evidence without veto, review on some evidence or on a veto, otherwise apart. The same rule holds for
 * two people that a new record would join: below it they are reviewed, never merged silently.
 */
export function decidePersonLink(
  evidence: PersonEvidence,
  rule: LinkRule = defaultLinkRule,
): 'link' | 'review' | 'apart' {
  const isForbidden = evidence.isVetoed || evidence.least < rule.vetoBelow;
  if (evidence.logOdds >= rule.linkAtSum && !isForbidden) return 'link';
  return evidence.mean > rule.reviewAtMean || evidence.most >= 0.95 ? 'review' : 'apart';
}
