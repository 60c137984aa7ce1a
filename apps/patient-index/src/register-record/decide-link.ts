import type { PersonMatch, PersonSearch } from '../identity-store/identity-index.js';
import { type TraitName, hasTrait } from '../identity-store/record-traits.js';

export type HoldReason = 'rival' | 'plausible' | 'cut-short' | 'temporary-identity' | 'newborn' | 'deceased';

export type LinkDecision =
  | { readonly kind: 'link'; readonly personId: string; readonly probability: number }
  | {
      readonly kind: 'review';
      /** Who has to be looked at, most probable first. */
      readonly matches: readonly PersonMatch[];
      readonly reason: HoldReason;
    }
  | { readonly kind: 'new-person' };

/**
 * Chooses between linking a new record to a person, asking somebody, and a new person.
 *
 * A wrong link shows one patient's record to another patient's clinician and is hard to take back, so a record that could belong to
 * two people, or whose search was cut short, stands alone until somebody has looked. So does, whatever the evidence, a record that
 * stands in for somebody unknown, one of a child without a name, and one of a living patient that fits somebody who has died.
 *
 * @param traits of the record (`traitsOf`).
 */
export function decideLink({ matches, complete }: PersonSearch, traits = 0): LinkDecision {
  const plausible = matches.filter(({ verdict }) => verdict !== 'apart');
  const review = (reason: HoldReason): LinkDecision => ({ kind: 'review', matches: plausible, reason });
  if (!complete) return review('cut-short');
  const [only, ...rivals] = plausible;
  if (only === undefined) return { kind: 'new-person' };
  if (rivals.length > 0) return review('rival');
  if (only.verdict === 'review') return review('plausible');
  const either = (name: TraitName): boolean => hasTrait(traits | only.traits, name);
  if (either('temporary')) return review('temporary-identity');
  if (either('newborn')) return review('newborn');
  if (hasTrait(only.traits, 'deceased') && !hasTrait(traits, 'deceased')) return review('deceased');
  return { kind: 'link', personId: only.personId, probability: only.probability };
}
