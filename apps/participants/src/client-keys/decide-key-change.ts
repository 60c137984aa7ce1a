import { jwkThumbprint } from '@hie/purpose-of-use';

import { type ClientKey, thumbprintOf } from './client-key.js';

/** As many as `participants.member.changed.v1` takes. */
export const MAX_KEYS = 8;

export type KeyAddition =
  | { readonly kind: 'added'; readonly keys: readonly ClientKey[] }
  | { readonly kind: 'refused'; readonly code: 'key-known' | 'key-withdrawn' | 'kid-taken' | 'too-many-keys' };

export type KeyWithdrawal =
  | { readonly kind: 'withdrawn'; readonly keys: readonly ClientKey[] }
  | { readonly kind: 'refused'; readonly code: 'key-unknown' | 'last-key' };

/**
 * Whether a client may have one more key.
 *
 * Two keys of one id would leave open which of them an assertion means, and a key that was withdrawn may be in other hands: it does
 * not come back under any id.
 */
export function decideAddition(
  keys: readonly ClientKey[],
  withdrawn: ReadonlySet<string>,
  candidate: ClientKey,
): KeyAddition {
  const thumbprint = thumbprintOf(candidate);
  const refused = (code: Extract<KeyAddition, { kind: 'refused' }>['code']): KeyAddition => ({ kind: 'refused', code });
  if (withdrawn.has(thumbprint)) return refused('key-withdrawn');
  if (keys.some((key) => jwkThumbprint(key) === thumbprint)) return refused('key-known');
  if (candidate['kid'] !== undefined && keys.some((key) => key['kid'] === candidate['kid'])) {
    return refused('kid-taken');
  }
  return keys.length >= MAX_KEYS ? refused('too-many-keys') : { kind: 'added', keys: [...keys, candidate] };
}

/** Which keys are left. The last one stays: a member whose only key is lost is suspended until it has brought another. */
export function decideWithdrawal(keys: readonly ClientKey[], thumbprint: string): KeyWithdrawal {
  const left = keys.filter((key) => jwkThumbprint(key) !== thumbprint);
  if (left.length === keys.length) return { kind: 'refused', code: 'key-unknown' };
  return left.length === 0 ? { kind: 'refused', code: 'last-key' } : { kind: 'withdrawn', keys: left };
}
