import type { ClientRegistration, MemberChanged } from '@hie/contracts';

import { RegistrationRefused, type SoftwareStatement } from './software-statement.js';

/** What a member's registered systems may do, all of them together: what one that registers itself may be given of. */
export type MemberRights = Pick<ClientRegistration, 'scopes' | 'purposes'>;

export function rightsOf({ clients }: Pick<MemberChanged, 'clients'>): MemberRights {
  const all = (of: keyof MemberRights): string[] => [...new Set(clients.flatMap((client) => client[of]))];
  return { scopes: all('scopes'), purposes: all('purposes') };
}

export type Registration =
  | { readonly kind: 'register'; readonly scopes: readonly string[] }
  | { readonly kind: 'change'; readonly scopes: readonly string[] }
  | { readonly kind: 'cancel' };

/**
 * What a checked statement does: a system that is new is registered, a known one is changed, and one without a grant type cancelled.
 *
 * A scope that its member is not registered for is left out, as at the token endpoint; where nothing is left, there is nothing to register.
 *
 * @throws RegistrationRefused `invalid_client_metadata`
 */
export function decideRegistration(
  { grantTypes, scopes }: Pick<SoftwareStatement, 'grantTypes' | 'scopes'>,
  rights: MemberRights,
  isKnown: boolean,
): Registration {
  if (grantTypes.length === 0) {
    if (!isKnown) throw new RegistrationRefused('invalid_client_metadata', 'nothing-to-cancel');
    return { kind: 'cancel' };
  }
  const granted = scopes.filter((scope) => rights.scopes.includes(scope));
  if (granted.length === 0) throw new RegistrationRefused('invalid_client_metadata', 'scope-not-granted');
  return { kind: isKnown ? 'change' : 'register', scopes: granted };
}
