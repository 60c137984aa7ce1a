// Certificate-bound access tokens: https://www.rfc-editor.org/rfc/rfc8705#section-3
import { type X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

import { digestOf } from '@hie/purpose-of-use';

/**
 * The certificate of whoever opened a connection, whose key the handshake has proven.
 *
 * Who signed it is not looked at: a token is bound to the certificate itself, as it would be to a key. One outside its validity counts
 * as none.
 */
export function clientCertificateOf(socket: Socket, nowMs: number): X509Certificate | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const certificate = socket.getPeerX509Certificate();
  return certificate !== undefined && isValidAt(certificate, nowMs) ? certificate : undefined;
}

/** What `cnf.x5t#S256` holds: SHA-256 over the certificate's DER, base64url. */
export const certificateThumbprint = ({ raw }: Pick<X509Certificate, 'raw'>): string => digestOf(raw);

/** Whether a time lies within a certificate's validity, both ends included (RFC 5280, section 4.1.2.5). */
export function isValidAt(
  { validFrom, validTo }: Pick<X509Certificate, 'validFrom' | 'validTo'>,
  nowMs: number,
): boolean {
  return Date.parse(validFrom) <= nowMs && nowMs <= Date.parse(validTo);
}
