import type { PersonSearch } from '../identity-store/identity-index.js';
import { type LinkDecision, decideLink } from '../register-record/decide-link.js';
import type { Tombstone } from './retracted-record.entity.js';

/** What becomes of a record that is fed under an identifier whose record was retracted. */
export type ReturnDecision =
  /** The very content that was withdrawn: everything is as it was before. */
  { readonly kind: 'restore' } | LinkDecision;

export interface Returning {
  readonly tombstone: Tombstone;
  /** Keyed hash of what is fed now. */
  readonly contentHash: Buffer;
  readonly search: PersonSearch;
  readonly traits: number;
  /** Whether a person has said that these two are two. */
  readonly areRefused: (personId: string, other: string) => boolean;
}

/**
 * A retraction is taken back by feeding the same again. Another content under the same identifier may be another patient's, which is why the
 * first was withdrawn: it is a new record, linked like any other. Only what people have decided of the withdrawn one holds for it too: the
 * machine links it to nobody from whom somebody has parted it.
 */
export function decideReturn({ tombstone, contentHash, search, traits, areRefused }: Returning): ReturnDecision {
  if (tombstone.contentHash.equals(contentHash)) return { kind: 'restore' };
  const decision = decideLink(search, traits);
  if (decision.kind !== 'link' || !areRefused(tombstone.personId, decision.personId)) return decision;
  const matches = search.matches.filter(({ personId }) => personId === decision.personId);
  return { kind: 'review', matches, reason: 'plausible' };
}
