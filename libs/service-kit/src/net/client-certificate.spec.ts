// ATTACKS A23, D10: which certificate a connection is said to have.
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { type TLSSocket, connect, createServer } from 'node:tls';

import { TestAuthority, type TestCertificate } from '@hie/testing-kit';

import { certificateThumbprint, clientCertificateOf, isValidAt } from './client-certificate.js';

const DAY_MS = 86_400_000;
const HANDSHAKE_WITHIN_MS = 10_000;
const now = Date.now();
const [server, client, old] = await Promise.all([
  TestAuthority.root('server'),
  TestAuthority.root('client'),
  TestAuthority.root('old', { from: new Date(now - 2 * DAY_MS), until: new Date(now - DAY_MS) }),
]);

/** What a server says of the certificate that a client has sent it. */
async function seenWith(pair: TestCertificate | undefined): Promise<X509Certificate | undefined> {
  const listening = createServer({
    cert: server.cert,
    key: server.key,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.3',
  });
  await once(listening.listen(0, '127.0.0.1'), 'listening');
  const { port } = listening.address() as { port: number };
  const signal = AbortSignal.timeout(HANDSHAKE_WITHIN_MS);
  const accepted = once(listening, 'secureConnection', { signal }) as Promise<[TLSSocket]>;
  const connection = connect({
    ...{ port, host: '127.0.0.1', ca: server.cert, checkServerIdentity: () => undefined },
    ...(pair === undefined ? {} : { cert: pair.cert, key: pair.key }),
  });
  try {
    const [socket] = await accepted;
    const seen = clientCertificateOf(socket, now);
    socket.destroy();
    return seen;
  } finally {
    connection.destroy();
    listening.close();
  }
}

describe('clientCertificateOf', () => {
  it('is the one that the client holds the key of, whoever signed it', async () => {
    const seen = await seenWith(client);
    expect(seen?.subject).toBe('CN=client');
    expect(certificateThumbprint(seen as X509Certificate)).toBe(
      certificateThumbprint(new X509Certificate(client.cert)),
    );
  });

  it('is none where none was sent, and none that has expired', async () => {
    expect(await seenWith(undefined)).toBeUndefined();
    expect(await seenWith(old)).toBeUndefined();
  });

  it('is none on a connection without TLS', () => {
    expect(clientCertificateOf(new Socket(), now)).toBeUndefined();
  });
});

describe('certificateThumbprint', () => {
  it('is SHA-256 over the DER in base64url, 43 characters', () => {
    expect(certificateThumbprint(new X509Certificate(client.cert))).toBe(
      Buffer.from(new X509Certificate(client.cert).fingerprint256.replaceAll(':', ''), 'hex').toString('base64url'),
    );
  });
});

describe('isValidAt', () => {
  const validity = { validFrom: 'Jan  1 00:00:00 2026 GMT', validTo: 'Jan  2 00:00:00 2026 GMT' };
  it.each([
    ['its first second', '2026-01-01T00:00:00Z', true],
    ['its last', '2026-01-02T00:00:00Z', true],
    ['the second before', '2025-12-31T23:59:59Z', false],
    ['the second after', '2026-01-02T00:00:01Z', false],
  ])('says of %s: %s %j', (_name, at, expected) => {
    expect(isValidAt(validity, Date.parse(at))).toBe(expected);
  });
});
