import type { X509Certificate } from 'node:crypto';

import { TrustError } from '@hie/purpose-of-use';
import { certificateThumbprint } from '@hie/service-kit';

/** What an access token is bound to: the thumbprint of a key (RFC 9449) or of a certificate (RFC 8705). */
export interface TokenBinding {
  readonly by: 'dpop' | 'certificate';
  readonly thumbprint: string;
}

interface Confirmation {
  readonly jkt?: string | undefined;
  readonly 'x5t#S256'?: string | undefined;
}

/**
 * Reads what a token is bound to.
 *
 * @returns `undefined` for a token that is bound to nothing.
 * @throws TrustError `token-type` for one that is bound to both: which of them would have to be shown, nobody has said.
 */
export function bindingOf({ jkt, 'x5t#S256': x5t }: Confirmation = {}): TokenBinding | undefined {
  if (jkt !== undefined && x5t !== undefined) throw new TrustError('token-type', 'token');
  if (x5t !== undefined) return { by: 'certificate', thumbprint: x5t };
  return jkt === undefined ? undefined : { by: 'dpop', thumbprint: jkt };
}

/**
 * Checks that the connection was opened with the very certificate that a token is bound to (RFC 8705, section 3).
 *
 * @throws TrustError `certificate-missing`, `certificate-mismatch`
 */
export function checkCertificate(presented: Pick<X509Certificate, 'raw'> | undefined, thumbprint: string): void {
  if (presented === undefined) throw new TrustError('certificate-missing', 'token');
  if (certificateThumbprint(presented) !== thumbprint) throw new TrustError('certificate-mismatch', 'token');
}
