import { randomUUID } from 'node:crypto';

import { SignJWT, generateKeyPair, jwtVerify } from 'jose';

import { type Grants, grantsOf } from '../fhir-server/scopes.js';

/** Life of an access token in seconds: what SMART recommends at most. */
export const ACCESS_TOKEN_LIFE_S = 300;

/** Issues and checks one member's access tokens: signed JWTs (RFC 9068) with a key that lives as long as the process. */
export interface AccessTokens {
  readonly issue: (clientId: string, scope: string, nowS: number) => Promise<string>;
  /** What the token grants, or undefined when it is not one of this member's, or no longer. */
  readonly check: (token: string, nowS: number) => Promise<Grants | undefined>;
}

interface Checked {
  readonly grants: Grants;
  readonly expiresAtS: number;
}

const REMEMBERED = 1_000;

/** @param fhirUrl issuer and audience. */
export async function accessTokens(fhirUrl: string): Promise<AccessTokens> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  // A signature costs a hundred times a look-up, and a broker uses one token for five minutes.
  const checked = new Map<string, Checked>();

  const verify = async (token: string, nowS: number): Promise<Checked | undefined> => {
    const verified = await jwtVerify(token, publicKey, {
      algorithms: ['ES256'],
      issuer: fhirUrl,
      audience: fhirUrl,
      typ: 'at+jwt',
      currentDate: new Date(nowS * 1000),
      requiredClaims: ['exp', 'scope'],
    }).catch(() => undefined);
    return verified && { grants: grantsOf(String(verified.payload['scope'])), expiresAtS: verified.payload.exp ?? 0 };
  };

  return {
    issue: (clientId, scope, nowS) =>
      new SignJWT({ client_id: clientId, scope })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
        .setIssuer(fhirUrl)
        .setAudience(fhirUrl)
        .setSubject(clientId)
        .setIssuedAt(nowS)
        .setExpirationTime(nowS + ACCESS_TOKEN_LIFE_S)
        .setJti(randomUUID())
        .sign(privateKey),
    check: async (token, nowS) => {
      const known = checked.get(token);
      const current = known ?? (await verify(token, nowS));
      if (current === undefined || current.expiresAtS <= nowS) {
        checked.delete(token);
        return undefined;
      }
      if (known === undefined) {
        if (checked.size >= REMEMBERED) checked.clear();
        checked.set(token, current);
      }
      return current.grants;
    },
  };
}
