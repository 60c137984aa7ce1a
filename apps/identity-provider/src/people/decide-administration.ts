import { OPERATOR } from '@hie/contracts';
import { type Role, type TransactionClaims, exchangeRoles, signedInPersonOf } from '@hie/purpose-of-use';

/** Who administers: a person by their id, or the operator's own client. */
export interface Administrator {
  readonly id: string;
  readonly memberId: string;
}

export interface AdministeredPerson {
  /** Absent while the person is being invited. */
  readonly personId?: string;
  readonly memberId: string;
}

export type AdministrationRefusal = 'own-access' | 'person-of-another' | 'role-of-the-exchange';

/**
 * Decides whether an administrator may change a person's access.
 *
 * Nobody changes their own, in whatever direction. A member's administrator sees to that member's people; roles that reach over the
 * whole exchange are for the operator's people, given by the operator's people.
 */
export function decideAdministration(
  by: Administrator,
  person: AdministeredPerson,
  roles: readonly Role[] = [],
): 'permit' | AdministrationRefusal {
  if (person.personId === by.id) return 'own-access';
  if (by.memberId !== OPERATOR && by.memberId !== person.memberId) return 'person-of-another';
  const reachesOver = roles.some((role) => exchangeRoles.includes(role));
  return reachesOver && (by.memberId !== OPERATOR || person.memberId !== OPERATOR) ? 'role-of-the-exchange' : 'permit';
}

/**
 * Who a forwarded request administers as. A system may name any person it likes as acting for it, so a system is taken for itself: only
 * where the gateway saw a person's own sign-in is it the person.
 */
export const administratorOf = (claims: TransactionClaims): Administrator => ({
  id: signedInPersonOf(claims) ?? claims.sub,
  memberId: claims.tctx.org,
});
