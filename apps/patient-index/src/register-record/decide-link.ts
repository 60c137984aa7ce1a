import type { PersonSearch } from '../identity-store/identity-index.js';

export type LinkDecision =
  | { readonly kind: 'link'; readonly personId: string; readonly probability: number }
  | {
      readonly kind: 'review';
      readonly personIds: readonly string[];
      readonly reason: 'rival' | 'plausible' | 'cut-short';
    }
  | { readonly kind: 'new-person' };

/**
 * Chooses between linking a new record to a person, asking somebody, and a new person.
 *
 * A wrong link shows one patient's record to another patient's clinician and is hard to take back, so a record that could belong to
 * two people, or whose search was cut short, stands alone until somebody has looked.
 */
export function decideLink({ matches, complete }: PersonSearch): LinkDecision {
  const plausible = matches.filter(({ verdict }) => verdict !== 'apart');
  const personIds = plausible.map(({ personId }) => personId);
  if (!complete) return { kind: 'review', personIds, reason: 'cut-short' };
  const [only, ...rivals] = plausible;
  if (only === undefined) return { kind: 'new-person' };
  if (rivals.length > 0) return { kind: 'review', personIds, reason: 'rival' };
  if (only.verdict === 'review') return { kind: 'review', personIds, reason: 'plausible' };
  return { kind: 'link', personId: only.personId, probability: only.probability };
}
