import { jwkThumbprint } from '@hie/purpose-of-use';

import { type MemberEntity, registrationsOf } from './member.entity.js';

/** A member as an administrator sees it. */
export interface MemberView {
  readonly memberId: string;
  readonly organizationId: string;
  readonly name: string;
  readonly status: string;
  readonly version: number;
  readonly identifierSystems: readonly string[];
  readonly sites: MemberEntity['sites'];
  readonly endpoints: readonly string[];
  readonly clients: readonly ClientView[];
  readonly suspension?: MemberEntity['suspension'];
}

export interface ClientView {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly purposes: readonly string[];
  readonly boundBy?: string | undefined;
  /** Public keys by thumbprint (RFC 7638), which is what they are withdrawn by, and the id they were registered under. */
  readonly keys: readonly { readonly thumbprint?: string; readonly kid?: string }[];
}

export const viewOf = (member: MemberEntity): MemberView => ({
  memberId: member.memberId,
  organizationId: member.organizationId,
  name: member.name,
  status: member.status,
  version: member.version,
  identifierSystems: member.identifierSystems.map(({ system }) => system),
  sites: member.sites,
  endpoints: member.endpoints.map(({ url }) => url),
  clients: registrationsOf(member).map(({ clientId, scopes, purposes, boundBy, jwks }) => ({
    ...{ clientId, scopes, purposes, boundBy },
    keys: jwks.keys.map(keyView),
  })),
  ...(member.suspension === null ? {} : { suspension: member.suspension }),
});

function keyView(jwk: Readonly<Record<string, unknown>>): ClientView['keys'][number] {
  const thumbprint = jwkThumbprint(jwk);
  return {
    ...(thumbprint === undefined ? {} : { thumbprint }),
    ...(typeof jwk['kid'] === 'string' ? { kid: jwk['kid'] } : {}),
  };
}
