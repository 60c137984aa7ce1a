// Providers that may stand in for identity-provider where people sign in (Keycloak, Entra): each is believed for one member's people alone.
import { readFileSync } from 'node:fs';

import { exchangeRoles, isRole } from '@hie/purpose-of-use';
import { z } from 'zod';

const asymmetric = z.enum(['ES256', 'PS256', 'RS256']);

/** Roles that reach over the whole exchange are the operator's to give, and no member's provider can give them. */
function isMembersRole(text: string): boolean {
  return isRole(text) && !exchangeRoles.includes(text);
}

const externalIssuerSchema = z
  .object({
    issuer: z.url(),
    jwksUrl: z.url().refine((url) => url.startsWith('https:'), 'keys are fetched over https'),
    /** Path of the authority (PEM) that its certificate descends from, where that is no public one. */
    ca: z.string().optional(),
    algorithms: z.array(asymmetric).min(1).default(['ES256']),
    /** `typ` of its access tokens: an id token must not pass for one. */
    tokenType: z.string().default('at+jwt'),
    /** The one member whose people sign in there. */
    memberId: z.string(),
    /** Its clients whose tokens are taken (`client_id`, or `azp`). */
    clientIds: z.array(z.string()).min(1),
    /** Values of its `acr` that mean two factors, one of them a held key. */
    acr: z.array(z.string()).min(1),
    /** What its `amr` values are in ours (RFC 8176: `hwk`, `swk`, `mfa`, …); one that is not listed counts for nothing. */
    amr: z.record(z.string(), z.array(z.string())),
    /** The claim that lists a person's groups, and the role that each is. */
    roles: z.object({
      claim: z.string(),
      values: z.record(z.string(), z.string().refine(isMembersRole, 'no role of a member’s people')),
    }),
    /** The claim that holds the one purpose of use; there is no default. */
    purposeClaim: z.string().default('purpose_of_use'),
  })
  .strict();

/** How the tokens of a provider outside of the exchange are to be read. */
export type ExternalIssuer = z.infer<typeof externalIssuerSchema>;

/** Whom the edge believes, by `iss`. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly caPath: string | undefined;
  readonly algorithms: readonly string[];
  readonly tokenType: string;
  /** Absent for the exchange's own provider. */
  readonly external?: ExternalIssuer;
}

export interface OwnIssuer {
  readonly IDP_ISSUER: string;
  readonly IDP_JWKS_URL: string;
  readonly TLS_CA: string;
  readonly PEOPLE_ISSUERS?: string | undefined;
}

/** Reads the configured issuers, the exchange's own first. @throws ZodError, RangeError for one that is named twice. */
export function readTrustedIssuers(config: OwnIssuer): ReadonlyMap<string, TrustedIssuer> {
  const own: TrustedIssuer = {
    ...{ issuer: config.IDP_ISSUER, jwksUrl: config.IDP_JWKS_URL, caPath: config.TLS_CA },
    ...{ algorithms: ['ES256'], tokenType: 'at+jwt' },
  };
  const issuers = new Map([[own.issuer, own]]);
  if (config.PEOPLE_ISSUERS === undefined) return issuers;
  const listed: unknown = JSON.parse(readFileSync(config.PEOPLE_ISSUERS, 'utf8'));
  for (const external of z.array(externalIssuerSchema).max(64).parse(listed)) {
    const { issuer, jwksUrl, ca, algorithms, tokenType } = external;
    if (issuers.has(issuer)) throw new RangeError('An issuer is named twice.');
    issuers.set(issuer, { issuer, jwksUrl, caPath: ca, algorithms, tokenType: tokenType.toLowerCase(), external });
  }
  return issuers;
}
