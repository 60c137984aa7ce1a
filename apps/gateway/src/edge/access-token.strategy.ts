// JWT profile for OAuth access tokens: https://www.rfc-editor.org/rfc/rfc9068
import { TrustError, isPurpose } from '@hie/purpose-of-use';
import { SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { decodeProtectedHeader } from 'jose';
import { Strategy } from 'passport-jwt';
import { z } from 'zod';

import type { GatewayConfig } from '../gateway.config.js';
import { IssuerKeys } from './issuer-keys.js';

const claimsSchema = z.object({
  client_id: z.string(),
  member_id: z.string(),
  purpose_of_use: z.string(),
  scope: z.string().default(''),
  user: z.string().optional(),
  jti: z.string(),
  iat: z.int(),
  exp: z.int(),
  cnf: z.object({ jkt: z.string().optional() }).optional(),
});

/** What an access token says once its signature, issuer, audience and life have been checked. */
export type AccessTokenClaims = z.infer<typeof claimsSchema>;

export const ACCESS_TOKEN = 'access-token';
const CLOCK_TOLERANCE_S = 5;
const MAX_TOKEN_BYTES = 8 * 1024;
/** SMART Backend Services: an access token SHOULD live at most this long; ours do, so one that lives longer is none of ours. */
const MAX_TOKEN_LIFETIME_S = 300;

/** The token of an `Authorization` header, under either scheme; `undefined` when there is none. */
export function tokenOf(
  authorization: string | undefined,
): { readonly scheme: string; readonly token: string } | undefined {
  const match = /^(Bearer|DPoP) ([A-Za-z0-9\-._~+/]+=*)$/i.exec(authorization ?? '');
  if (match?.[1] === undefined || match[2] === undefined || match[2].length > MAX_TOKEN_BYTES) return undefined;
  return { scheme: match[1].toLowerCase(), token: match[2] };
}

/** Passport's check of an access token: ES256 by the configured issuer, for this gateway, and an access token rather than another. */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, ACCESS_TOKEN) {
  constructor(keys: IssuerKeys, @Inject(SERVICE_CONFIG) config: GatewayConfig) {
    super({
      jwtFromRequest: (request: { headers: { authorization?: string } }) =>
        tokenOf(request.headers.authorization)?.token ?? null,
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: unknown, key?: string) => void) => {
        issuerKey(token, keys).then(
          (key) => done(null, key),
          (error: unknown) => done(error),
        );
      },
      algorithms: ['ES256'],
      issuer: config.IDP_ISSUER,
      audience: `${config.PUBLIC_URL}/fhir`,
      jsonWebTokenOptions: { clockTolerance: CLOCK_TOLERANCE_S },
    });
  }

  /** Called with verified claims. @throws TrustError when they are not those of one of our access tokens. */
  validate(payload: unknown): AccessTokenClaims {
    const parsed = claimsSchema.safeParse(payload);
    if (!parsed.success) throw new TrustError('token-malformed', 'token');
    if (!isPurpose(parsed.data.purpose_of_use)) throw new TrustError('purpose-unknown', 'token');
    checkTokenLife(parsed.data, Date.now());
    return parsed.data;
  }
}

/**
 * What passport-jwt does not look at: a token from the future, and one that lives longer than this exchange lets any.
 *
 * @throws TrustError `token-not-yet-valid`, `token-lifetime-too-long`.
 */
export function checkTokenLife({ iat, exp }: { readonly iat: number; readonly exp: number }, nowMs: number): void {
  if (iat > nowMs / 1000 + CLOCK_TOLERANCE_S) throw new TrustError('token-not-yet-valid', 'token');
  if (exp - iat > MAX_TOKEN_LIFETIME_S) throw new TrustError('token-lifetime-too-long', 'token');
}

async function issuerKey(token: string, keys: IssuerKeys): Promise<string> {
  const { kid, typ } = headerOf(token);
  if (typ !== 'at+jwt') throw new TrustError('token-type', 'nothing');
  const key = await keys.find(kid ?? '');
  if (key === undefined) throw new TrustError('token-key-unknown', 'shape');
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

function headerOf(token: string): { readonly kid?: string; readonly typ?: string } {
  try {
    const { kid, typ, crit } = decodeProtectedHeader(token);
    // Names extensions that must be understood, and none is (RFC 7515, 4.1.11); the library under Passport reads past it.
    if (crit !== undefined) throw new TrustError('token-malformed', 'nothing');
    return { ...(kid === undefined ? {} : { kid }), ...(typ === undefined ? {} : { typ: typ.toLowerCase() }) };
  } catch (cause) {
    if (cause instanceof TrustError) throw cause;
    throw new TrustError('token-malformed', 'nothing', { cause });
  }
}
