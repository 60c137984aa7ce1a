import 'reflect-metadata';

import * as x509 from '@peculiar/x509';
import { createPrivateKey, KeyObject, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, connect, type TLSSocket } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { certificateAuthority, type Leaf } from './certificate-authority.js';

const HOUR_MS = 3_600_000;

describe(certificateAuthority.name, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hie-ca-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('signs a leaf of a day for the loopback, with the service as its only name', async () => {
    const authority = await certificateAuthority(folder);
    const leaf = await authority.leaf('record-locator');

    const certificate = new X509Certificate(readFileSync(leaf.certificatePath));
    expect(certificate.subject).toBe('CN=record-locator');
    expect(certificate.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1');
    expect([...certificate.keyUsage].sort()).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    expect(certificate.ca).toBe(false);
    expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
    expect(new Date(certificate.validTo).getTime() - new Date(certificate.validFrom).getTime()).toBe(
      24 * HOUR_MS + 60_000,
    );
  });

  it('keeps keys in PKCS #8 that only their owner may read', async () => {
    const authority = await certificateAuthority(folder);
    const { keyPath } = await authority.leaf('gateway');

    for (const path of [keyPath, join(folder, 'ca.key.pem')]) {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(readFileSync(path, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
      expect(createPrivateKey(readFileSync(path)).asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    }
    expect(statSync(folder).mode & 0o077).toBe(0);
  });

  it('is the same authority for every process that opens its folder', async () => {
    const [first, second] = await Promise.all([certificateAuthority(folder), certificateAuthority(folder)]);
    const leafs = await Promise.all([first.leaf('consent'), second.leaf('consent')]);

    expect(first.certificate).toBe(second.certificate);
    const certificate = new X509Certificate(readFileSync(leafs[0].certificatePath));
    expect(certificate.checkPrivateKey(createPrivateKey(readFileSync(leafs[1].keyPath)))).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['ca.crt.pem', 'ca.key.pem', 'consent.crt.pem', 'consent.key.pem']);
  });

  it('leaves a leaf alone until two thirds of its life have passed', async () => {
    let now = new Date('2026-11-22T00:00:00Z');
    const authority = await certificateAuthority(folder, { now: () => now });
    const serial = async (): Promise<string> =>
      new X509Certificate(readFileSync((await authority.leaf('consent')).certificatePath)).serialNumber;
    const first = await serial();

    now = new Date('2026-11-22T15:59:00Z');
    await expect(serial()).resolves.toBe(first);
    now = new Date('2026-11-22T16:01:00Z');
    await expect(serial()).resolves.not.toBe(first);
  });

  it('renews the certificate over the same key, so that the pair always fits', async () => {
    const authority = await certificateAuthority(folder);
    const before = await authority.leaf('gateway');
    const [key, old] = [readFileSync(before.keyPath), new X509Certificate(readFileSync(before.certificatePath))];
    const after = await authority.renew('gateway');

    const certificate = new X509Certificate(readFileSync(after.certificatePath));
    expect(readFileSync(after.keyPath)).toEqual(key);
    expect(certificate.serialNumber).not.toBe(old.serialNumber);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
  });

  it('is believed by a TLS client on both ends of a connection', async () => {
    const authority = await certificateAuthority(folder);
    const [server, client] = await Promise.all([authority.leaf('gateway'), authority.leaf('consent')]);
    await expect(connection(authority.certificate, server, client)).resolves.toBe('consent');
  });

  it('can vouch for nothing beyond the loopback, even with its key stolen', async () => {
    const authority = await certificateAuthority(folder);
    const client = await authority.leaf('consent');
    const forged = await forgedLeaf(join(folder, 'ca.key.pem'), authority.certificate, 'hospital.example');

    await expect(connection(authority.certificate, forged, client, 'hospital.example')).rejects.toThrow(
      /permitted subtree violation/,
    );
  });

  it.each(['Gateway', 'a b', 'x,O=y', ''])('refuses the service name %j', async (name) => {
    const authority = await certificateAuthority(folder);
    await expect(authority.leaf(name)).rejects.toThrow(RangeError);
  });

  it('refuses a folder that holds something else, naming the file', async () => {
    await certificateAuthority(folder);
    writeFileSync(join(folder, 'ca.crt.pem'), 'not a certificate');
    await expect(certificateAuthority(folder)).rejects.toMatchObject({
      code: 'certificate-unreadable',
      detail: { file: join(folder, 'ca.crt.pem') },
    });
  });

  it('refuses an authority that would expire before its leafs', async () => {
    await certificateAuthority(folder, { now: () => new Date('2025-01-01T00:00:00Z') });
    await expect(certificateAuthority(folder, { now: () => new Date('2025-12-31T12:00:00Z') })).rejects.toMatchObject({
      code: 'certificate-unreadable',
    });
  });
});

/** The common name that the server reads from the client's certificate, both sides checking each other. */
async function connection(ca: string, server: Leaf, client: Leaf, servername = 'localhost'): Promise<string> {
  const pair = ({ certificatePath, keyPath }: Leaf) => ({
    cert: readFileSync(certificatePath),
    key: readFileSync(keyPath),
  });
  const listener = createServer({
    ...pair(server),
    ca,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as { port: number };
  try {
    return await new Promise<string>((resolve, reject) => {
      listener.on('secureConnection', (socket: TLSSocket) => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.end();
      });
      connect({ ...pair(client), ca, servername, host: '127.0.0.1', port })
        .on('error', reject)
        .resume();
    });
  } finally {
    listener.close();
  }
}

/** What a thief of the authority's key would make: a certificate for a name of his choice. */
async function forgedLeaf(authorityKeyPath: string, authorityCertificate: string, dnsName: string): Promise<Leaf> {
  const issuer = new x509.X509Certificate(authorityCertificate);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const der = createPrivateKey(readFileSync(authorityKeyPath)).export({ type: 'pkcs8', format: 'der' });
  const signingKey = await crypto.subtle.importKey('pkcs8', new Uint8Array(der), algorithm, false, ['sign']);
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=forged',
    issuer: issuer.subject,
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: dnsName }])],
  });
  const paths = { certificatePath: `${authorityKeyPath}.forged.crt`, keyPath: `${authorityKeyPath}.forged.key` };
  writeFileSync(paths.certificatePath, certificate.toString('pem'));
  writeFileSync(paths.keyPath, KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }));
  return { ...paths, name: 'forged', expiresAt: certificate.notAfter };
}
