// OAuth 2.0 Demonstrating Proof of Possession: https://www.rfc-editor.org/rfc/rfc9449#section-4.3
import { TrustError, digestOf } from '@hie/purpose-of-use';
import { EmbeddedJWK, calculateJwkThumbprint, jwtVerify } from 'jose';

export interface ProofExpectation {
  readonly method: string;
  /** The request's URL without query and fragment. */
  readonly url: string;
  readonly accessToken: string;
  /** `cnf.jkt` of the access token. */
  readonly thumbprint: string;
  readonly nowMs: number;
  /** Says whether a proof's `jti` is new, and remembers it. */
  readonly isFresh: (jti: string) => boolean;
}

const MAX_AGE_S = 60;
const MAX_PROOF_BYTES = 4 * 1024;

/**
 * Checks that whoever presents an access token holds the key it is bound to, by a proof made for this request.
 *
 * @throws TrustError `token-malformed`, `token-other-message` (another method, URL or token), `token-expired` (too old or from the
 *   future), `token-signature-invalid` (another key), `body-mismatch` (used before).
 */
export async function checkDpopProof(proof: string, expected: ProofExpectation): Promise<void> {
  if (proof.length > MAX_PROOF_BYTES) throw new TrustError('token-malformed', 'nothing');
  const { payload, protectedHeader } = await verified(proof);
  const { htm, htu, ath, iat, jti } = payload as Partial<Record<string, unknown>>;
  if (protectedHeader.jwk === undefined || typeof jti !== 'string' || typeof iat !== 'number') {
    throw new TrustError('token-malformed', 'shape');
  }
  if ((await calculateJwkThumbprint(protectedHeader.jwk)) !== expected.thumbprint) {
    throw new TrustError('token-signature-invalid', 'shape');
  }
  const isForThis = htm === expected.method && htu === expected.url && ath === digestOf(expected.accessToken);
  if (!isForThis) throw new TrustError('token-other-message', 'token');
  if (Math.abs(expected.nowMs / 1000 - iat) > MAX_AGE_S) throw new TrustError('token-expired', 'token');
  if (!expected.isFresh(jti)) throw new TrustError('body-mismatch', 'token');
}

async function verified(proof: string) {
  try {
    return await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt', algorithms: ['ES256', 'EdDSA'] });
  } catch (cause) {
    throw new TrustError('token-malformed', 'nothing', { cause });
  }
}

/** Remembers proofs' `jti` for as long as they could be used again. */
export function freshness(now: () => number): (jti: string) => boolean {
  const seen = new Map<string, number>();
  return (jti) => {
    const nowMs = now();
    for (const [old, untilMs] of seen) {
      if (untilMs > nowMs) break;
      seen.delete(old);
    }
    if (seen.has(jti)) return false;
    seen.set(jti, nowMs + 2 * MAX_AGE_S * 1000);
    return true;
  };
}
