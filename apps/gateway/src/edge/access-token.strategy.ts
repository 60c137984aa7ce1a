// JWT profile for OAuth access tokens: https://www.rfc-editor.org/rfc/rfc9068
import { TrustError } from '@hie/purpose-of-use';
import { SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { Strategy } from 'passport-jwt';

import type { GatewayConfig } from '../gateway.config.js';
import { IssuerKeys } from './issuer-keys.js';
import { type TokenSubject, externalSubject, ownSubject } from './token-subject.js';

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

/** Passport's check of an access token: signed by a configured issuer, for this gateway, and an access token rather than another. */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, ACCESS_TOKEN) {
  constructor(
    private readonly keys: IssuerKeys,
    @Inject(SERVICE_CONFIG) config: GatewayConfig,
  ) {
    super({
      jwtFromRequest: (request: { headers: { authorization?: string } }) =>
        tokenOf(request.headers.authorization)?.token ?? null,
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: unknown, key?: string) => void) => {
        issuerKey(token, keys).then(
          (key) => done(null, key),
          (error: unknown) => done(error),
        );
      },
      // Which of them, the issuer's own terms say, before a key is looked for.
      algorithms: ['ES256', 'PS256', 'RS256'],
      issuer: [...keys.issuers()],
      audience: `${config.PUBLIC_URL}/fhir`,
      jsonWebTokenOptions: { clockTolerance: CLOCK_TOLERANCE_S },
    });
  }

  /** Called with verified claims. @throws TrustError when they are not those of one of our access tokens. */
  validate(payload: Readonly<Record<string, unknown>>): TokenSubject {
    const { external } = this.keys.termsOf(String(payload['iss'])) ?? {};
    const subject = external === undefined ? ownSubject(payload) : externalSubject(payload, external);
    // How long an external provider's tokens live is that provider's to say.
    const mostS = external === undefined ? MAX_TOKEN_LIFETIME_S : Number.POSITIVE_INFINITY;
    checkTokenLife({ iat: Number(payload['iat']), exp: Number(payload['exp']) }, Date.now(), mostS);
    return subject;
  }
}

/**
 * What passport-jwt does not look at: a token from the future, and one that lives longer than this exchange lets any.
 *
 * @throws TrustError `token-not-yet-valid`, `token-lifetime-too-long`, and `token-malformed` for one that does not say.
 */
export function checkTokenLife(
  { iat, exp }: { readonly iat: number; readonly exp: number },
  nowMs: number,
  mostS = MAX_TOKEN_LIFETIME_S,
): void {
  if (!Number.isInteger(iat) || !Number.isInteger(exp)) throw new TrustError('token-malformed', 'token');
  if (iat > nowMs / 1000 + CLOCK_TOLERANCE_S) throw new TrustError('token-not-yet-valid', 'token');
  if (exp - iat > mostS) throw new TrustError('token-lifetime-too-long', 'token');
}

/** The key by the issuer that the token names: what it is signed with must be that one's, and the signature is checked next. */
async function issuerKey(token: string, keys: IssuerKeys): Promise<string> {
  const { issuer, alg, kid, typ } = unverified(token);
  const terms = keys.termsOf(issuer);
  if (terms === undefined) throw new TrustError('token-issuer', 'nothing');
  if (typ !== terms.tokenType || !terms.algorithms.includes(alg)) throw new TrustError('token-type', 'nothing');
  const key = await keys.find(issuer, kid);
  if (key === undefined) throw new TrustError('token-key-unknown', 'shape');
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

function unverified(token: string) {
  try {
    const { kid = '', typ = '', alg = '', crit } = decodeProtectedHeader(token);
    // Names extensions that must be understood, and none is (RFC 7515, 4.1.11); the library under Passport reads past it.
    if (crit !== undefined) throw new TrustError('token-malformed', 'nothing');
    return { issuer: decodeJwt(token).iss ?? '', kid, typ: typ.toLowerCase(), alg };
  } catch (cause) {
    if (cause instanceof TrustError) throw cause;
    throw new TrustError('token-malformed', 'nothing', { cause });
  }
}
