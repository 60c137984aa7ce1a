import type { PersonMatch, PersonSearch } from '../identity-store/identity-index.js';
import { hasTrait } from '../identity-store/record-traits.js';

export type IdentityDecision =
  { readonly outcome: 'certain'; readonly match: PersonMatch } | { readonly outcome: 'none' | 'ambiguous' };

/**
 * Exactly one certain person, or nothing.
 *
 * `certain` needs one person whose evidence suffices, no other whom a reviewer would have to look at, and a search that was not cut
 * short: a card with another patient's allergies is worse than none, so two plausible people are never told apart here by the
 * higher probability. Nobody is found to be a stand-in for somebody unknown (John Doe) by what little is recorded of them; the number that their
 * hospital gave them leads there.
 */
export function decideIdentity({ matches, complete }: PersonSearch): IdentityDecision {
  const plausible = matches.filter(({ verdict }) => verdict !== 'apart');
  const [only, ...rivals] = plausible;
  if (!complete || rivals.length > 0) return { outcome: 'ambiguous' };
  if (only === undefined) return { outcome: 'none' };
  return only.verdict === 'link' && !hasTrait(only.traits, 'temporary')
    ? { outcome: 'certain', match: only }
    : { outcome: 'ambiguous' };
}

/** FHIR's match-grade for one of several candidates (http://terminology.hl7.org/CodeSystem/match-grade). */
export function gradeOf(
  { verdict, probability }: PersonMatch,
  isCertain: boolean,
): 'certain' | 'probable' | 'possible' {
  if (isCertain) return 'certain';
  return verdict === 'link' || probability >= 0.5 ? 'probable' : 'possible';
}
