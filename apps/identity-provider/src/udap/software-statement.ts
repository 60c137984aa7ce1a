// UDAP Dynamic Client Registration, software statement: https://hl7.org/fhir/us/udap-security/registration.html#software-statement
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { z } from 'zod';

import { ChainRefused, type TrustAnchors, verifyChain } from './verify-chain.js';

/** Of RFC 7591, section 3.2.2; `reason` is for the ledger alone. */
export class RegistrationRefused extends Error {
  override readonly name = 'RegistrationRefused';
  readonly retry = 'never';
  constructor(
    readonly code: 'invalid_software_statement' | 'unapproved_software_statement' | 'invalid_client_metadata',
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}

const MAX_STATEMENT_CHARACTERS = 48 * 1024;
const MAX_LIFE_S = 300;
const CLOCK_TOLERANCE_S = 5;

const lifeSchema = z.object({
  iss: z.url().max(512),
  sub: z.string(),
  iat: z.int(),
  exp: z.int(),
  jti: z.string().min(1).max(256),
});

/** A `mailto:` or `https:` address (UDAP: at least one). */
const contact = z.url({ protocol: /^(mailto|https)$/ }).max(512);

const metadataSchema = z.object({
  client_name: z.string().min(1).max(256),
  contacts: z.array(contact).min(1).max(8),
  grant_types: z.union([z.tuple([]), z.tuple([z.literal('client_credentials')])]),
  token_endpoint_auth_method: z.literal('private_key_jwt'),
  scope: z.string().max(2_048).default(''),
  tls_client_certificate_bound_access_tokens: z.boolean().default(false),
  // They are for other grants (section 3.1), and a client that sends them wants what it will not get.
  redirect_uris: z.never().optional(),
  response_types: z.never().optional(),
});

export interface SoftwareStatement {
  /** The system, by the URI in its certificate. */
  readonly uri: string;
  readonly jti: string;
  readonly expiresAt: Date;
  readonly clientName: string;
  readonly contacts: readonly string[];
  /** Without any, the registration is to be cancelled. */
  readonly grantTypes: readonly string[];
  readonly scopes: readonly string[];
  readonly boundBy: 'dpop' | 'certificate';
}

/**
 * Checks a software statement: signed by a certificate of the trust community, in the name of a URI in that certificate, for this
 * endpoint, for at most five minutes. Whether it was used before is for the caller to see.
 *
 * @throws RegistrationRefused
 */
export async function verifySoftwareStatement(
  statement: unknown,
  { trust, audience, nowMs }: { readonly trust: TrustAnchors; readonly audience: string; readonly nowMs: number },
): Promise<SoftwareStatement> {
  if (typeof statement !== 'string' || statement.length > MAX_STATEMENT_CHARACTERS) throw invalid('malformed');
  const { x5c } = headerOf(statement);
  const { certificate, uris } = await verifyChain(x5c, trust, nowMs).catch((error: unknown) => {
    if (error instanceof ChainRefused) throw invalidFor(error.code, error);
    throw error;
  });
  const { payload } = await jwtVerify(statement, certificate.publicKey, {
    ...{ algorithms: ['RS256', 'ES256'], audience, currentDate: new Date(nowMs), clockTolerance: CLOCK_TOLERANCE_S },
  }).catch((error: unknown) => {
    throw invalidFor('statement-not-verified', error);
  });
  const life = lifeSchema.safeParse(payload);
  if (!life.success) throw invalid('claims-missing');
  const { iss, sub, iat, exp, jti } = life.data;
  if (sub !== iss || !uris.includes(iss)) throw invalid('issuer-mismatch');
  if (exp - iat > MAX_LIFE_S || iat > nowMs / 1000 + CLOCK_TOLERANCE_S) throw invalid('lifetime-too-long');
  const metadata = metadataSchema.safeParse(payload);
  if (!metadata.success) throw new RegistrationRefused('invalid_client_metadata', 'metadata-invalid');
  const { client_name: clientName, contacts, grant_types: grantTypes, scope } = metadata.data;
  return {
    ...{ uri: iss, jti, expiresAt: new Date((exp + CLOCK_TOLERANCE_S) * 1000), clientName, contacts, grantTypes },
    scopes: [...new Set(scope.split(' ').filter((each) => each !== ''))],
    boundBy: metadata.data.tls_client_certificate_bound_access_tokens ? 'certificate' : 'dpop',
  };
}

function headerOf(statement: string): { readonly x5c?: unknown } {
  try {
    return decodeProtectedHeader(statement);
  } catch (cause) {
    throw invalidFor('malformed', cause);
  }
}

const invalid = (reason: string): RegistrationRefused => new RegistrationRefused('invalid_software_statement', reason);
const invalidFor = (reason: string, cause: unknown): RegistrationRefused =>
  new RegistrationRefused('invalid_software_statement', reason, { cause });
