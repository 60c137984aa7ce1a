import { type RecordKind, recordKinds } from '@hie/contracts';
import type { Purpose, SignedInPerson } from '@hie/purpose-of-use';
import { coversInteraction, hopScopes } from '@hie/purpose-of-use';
import type { AuthorisedRequest } from '@hie/service-kit';
import type { FastifyRequest } from 'fastify';

/** Who asks, as the access token proves it. */
export interface Caller {
  readonly clientId: string;
  readonly memberId: string;
  /** The person who signed in; for a system, who acts as the member names them. */
  readonly userId?: string;
  /** How the person signed in, and what they are; absent for a system. */
  readonly person?: SignedInPerson;
  readonly purpose: Purpose;
  /** OAuth scopes as granted. */
  readonly scopes: readonly string[];
  /** The real peer, never a header's claim; absent once it has hung up. */
  readonly address?: string;
  /** The request's id, as the caller is told it. */
  readonly requestId: string;
}

export type CallerRequest = FastifyRequest & AuthorisedRequest & { caller?: Caller };

/** The caller of a request that the edge has let in. */
export function callerOf({ caller }: CallerRequest): Caller {
  if (caller === undefined) throw new RangeError('A handler ran without the edge’s guard.');
  return caller;
}

/** The kinds of record a caller's scopes cover. */
export const coveredKinds = (scopes: readonly string[]): readonly RecordKind[] =>
  recordKinds.filter((kind) => coversInteraction(scopes, kind, 's'));

/** What the hops call what a caller may do, from what it was granted at the door. */
export function hopScopesOf(scopes: readonly string[]): readonly string[] {
  return [
    ...(coversInteraction(scopes, 'Patient', 's') ? [hopScopes.match] : []),
    ...(coveredKinds(scopes).length > 0 ? [hopScopes.retrieve] : []),
    ...(coversInteraction(scopes, 'Patient', 'u') ? ['hie.feed'] : []),
    ...(coversInteraction(scopes, 'Consent', 'c') ? ['hie.consent'] : []),
    ...scopes.filter((scope) => scope.startsWith('exchange/')),
  ];
}

/** Who asks, as a query and the ledger name them. */
export const requesterOf = ({ memberId, clientId, userId }: Caller) => ({
  memberId,
  clientId,
  ...(userId === undefined ? {} : { userId }),
});
