// RFC 9449, section 5: a proof that is missing, wrong or used before is `invalid_dpop_proof`; oidc-provider says `invalid_grant` of two of these.
import { createHash } from 'node:crypto';

import { decodeJwt } from 'jose';
import type { KoaContextWithOIDC } from 'oidc-provider';

/** Whether an entry of the replay guard is that of the request's own proof, rather than of its assertion. */
export function isProofOf(ctx: Pick<KoaContextWithOIDC, 'get' | 'oidc'> | undefined, replayId: string): boolean {
  const proof = ctx?.get('DPoP') ?? '';
  const clientId = ctx?.oidc.client?.clientId;
  if (proof === '' || clientId === undefined) return false;
  return (
    createHash('sha256')
      .update(`${clientId}${jtiOf(proof)}`)
      .digest('base64url') === replayId
  );
}

/** Whether a refusal of a grant is one for want of a proof. */
export function missesProof(ctx: Pick<KoaContextWithOIDC, 'get' | 'oidc'>, error: string): boolean {
  return error === 'invalid_grant' && ctx.get('DPoP') === '' && ctx.oidc?.client?.['dpopBoundAccessTokens'] === true;
}

function jtiOf(proof: string): string {
  try {
    return decodeJwt(proof).jti ?? '';
  } catch {
    // No proof at all; who checks proofs says so.
    return '';
  }
}
