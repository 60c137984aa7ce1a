import { decodeJwt, jwtVerify } from 'jose';

import { type ReplayGuard } from './replay-guard.js';
import { type ClientKeys, type TrustedClient } from './trusted-client.js';

/** Signature algorithms of client assertions. SMART asks for ES384 or RS384; RSA is left out: every key here is elliptic. */
export const ASSERTION_ALGORITHMS = ['ES384', 'ES256', 'EdDSA'] as const;

/** Longest life of a client assertion in seconds (SMART App Launch 2.2, section 2.2.3: five minutes). */
export const MAX_ASSERTION_LIFE_S = 300;

const CLOCK_TOLERANCE_S = 5;

/** Who a client assertion proves the caller to be, or why it proves nothing. The reason is for the log, the caller sees `invalid_client`. */
export type AssertionOutcome =
  | { readonly kind: 'client'; readonly client: TrustedClient }
  | {
      readonly kind: 'refused';
      readonly reason: 'malformed' | 'unknown-client' | 'not-verified' | 'life-too-long' | 'no-id' | 'replayed';
    };

/**
 * Checks a `private_key_jwt` client assertion: RFC 7523 section 3, SMART App Launch 2.2 section 2.2.3. `iss` and `sub` are the client,
 * `aud` is exactly this token endpoint, the signature is by a key that the client has registered, and the `jti` was not used before.
 *
 * @param nowS the time in seconds of the epoch.
 */
export async function checkAssertion(
  assertion: string,
  tokenUrl: string,
  clients: ReadonlyMap<string, ClientKeys>,
  guard: ReplayGuard,
  nowS: number,
): Promise<AssertionOutcome> {
  const issuer = claimedIssuer(assertion);
  if (issuer === undefined) return { kind: 'refused', reason: 'malformed' };
  const known = clients.get(issuer);
  if (known === undefined) return { kind: 'refused', reason: 'unknown-client' };

  const verified = await jwtVerify(assertion, known.keys, {
    algorithms: [...ASSERTION_ALGORITHMS],
    issuer,
    subject: issuer,
    audience: tokenUrl,
    clockTolerance: CLOCK_TOLERANCE_S,
    currentDate: new Date(nowS * 1000),
    requiredClaims: ['exp', 'jti'],
  }).catch(() => undefined);
  if (verified === undefined) return { kind: 'refused', reason: 'not-verified' };

  const { exp = 0, jti } = verified.payload;
  if (exp - nowS > MAX_ASSERTION_LIFE_S + CLOCK_TOLERANCE_S) return { kind: 'refused', reason: 'life-too-long' };
  if (typeof jti !== 'string' || jti === '' || jti.length > 255) return { kind: 'refused', reason: 'no-id' };
  if (!guard.isFirst(issuer, jti, exp + CLOCK_TOLERANCE_S, nowS)) return { kind: 'refused', reason: 'replayed' };
  return { kind: 'client', client: known.client };
}

function claimedIssuer(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).iss;
  } catch {
    return undefined;
  }
}
