import type { Candidate, FieldEvidence } from '@hie/matching-engine';

/** Fields that make somebody this person; telephone and address change with every move. */
const IDENTITY_FIELDS: ReadonlySet<string> = new Set(['given', 'family', 'birthDate', 'sex', 'nationalId']);
/** So many of them against one person, and it may be another's chart. */
const FEWEST_FIELDS = 2;
/** A field speaks against one person where it halves the odds. Less than that even an equal name says, against a namesake. */
const AGAINST_BITS = -1;
/** From here on the machine would itself take the two contents for one person. */
const SAME_FROM = 0.95;

export interface OverlaySuspicion {
  /** That the old content and the new are of one person. */
  readonly probability: number;
  /** The identity fields that speak against it. */
  readonly fields: readonly FieldEvidence[];
}

/**
 * Whether a record's new content seems to be of another patient than the old: a registrar has opened one patient's chart and typed the
 * next one's name into it (an overlay).
 *
 * One changed field is a marriage or a correction. Suspected are several identity fields that speak against one person at once, where
 * the match engine would not link the two contents. A name that takes the place of "Baby Girl" or of nothing says little.
 *
 * @param compared the new content compared with the old, without the number that both bear.
 */
export function detectOverlay({
  probability,
  explanation,
}: Pick<Candidate, 'probability' | 'explanation'>): OverlaySuspicion | undefined {
  const against = explanation.fields.filter(({ field, bits }) => bits <= AGAINST_BITS && IDENTITY_FIELDS.has(field));
  if (against.length < FEWEST_FIELDS || probability >= SAME_FROM) return undefined;
  return { probability, fields: against };
}

/** Who is a stand-in for somebody unknown (John Doe, a name of use `temp` or `anonymous`, or none). */
export interface StandIns {
  /** The record until now. */
  readonly wasStandIn: boolean;
  /** The record with its new content. */
  readonly isStandIn: boolean;
  /** Whether anything of the record's person names somebody. */
  readonly isKnown: boolean;
}

/**
 * `detectOverlay`, and what it can't see because a stand-in has no identity fields to compare.
 *
 * Somebody unknown who is identified becomes another by nature: not suspected, as long as nobody has found out who the person is. A stand-in that
 * takes the place of a name is suspected whatever it says: were it let through, the next message could name anybody.
 *
 * @param compared the new content with what is known of the record's person.
 */
export function suspectOverlay(
  compared: Pick<Candidate, 'probability' | 'explanation'>,
  { wasStandIn, isStandIn, isKnown }: StandIns,
): OverlaySuspicion | undefined {
  if (wasStandIn && !isStandIn && !isKnown) return undefined;
  const suspicion = detectOverlay(compared);
  if (suspicion !== undefined || wasStandIn || !isStandIn) return suspicion;
  return { probability: compared.probability, fields: [] };
}
