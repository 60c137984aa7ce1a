import 'reflect-metadata';

import {
  BasicConstraintsExtension,
  AuthorityKeyIdentifierExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  type webcrypto,
} from 'node:crypto';

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const LOOPBACK_NAMES = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
] as const;

/**
 * NameConstraints (RFC 5280, 4.2.1.10): the DNS name `localhost` and the addresses 127.0.0.0/8, nothing else. Somebody
 * who trusts this authority and loses its key has lost nothing but his own loopback.
 */
const LOOPBACK_ONLY = Buffer.concat([
  Buffer.from([0x30, 0x1b, 0xa0, 0x19, 0x30, 0x0b, 0x82, 0x09]),
  Buffer.from('localhost'),
  Buffer.from([0x30, 0x0a, 0x87, 0x08, 127, 0, 0, 0, 255, 0, 0, 0]),
]);

/** A private key as PEM in PKCS #8, EC on P-256: what Node, Kafka's PEM key store and PostgreSQL all read. */
export function newPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: EC.namedCurve });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

export interface Issuer {
  readonly name: string;
  readonly privateKey: string;
}

export interface Validity {
  readonly from: Date;
  readonly until: Date;
}

/** A self-signed certificate that may sign leafs for this machine's loopback and nothing else. PEM. */
export async function authorityCertificate({ name, privateKey }: Issuer, { from, until }: Validity): Promise<string> {
  const keys = await cryptoKeys(privateKey);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=${name}`,
    notBefore: from,
    notAfter: until,
    signingAlgorithm: EC,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new Extension('2.5.29.30', true, LOOPBACK_ONLY),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

/** A certificate for `localhost` and 127.0.0.1 with the common name of one service, for both ends of a connection. PEM. */
export async function leafCertificate(
  service: string,
  privateKey: string,
  issuer: Issuer,
  { from, until }: Validity,
  uris: readonly string[] = [],
): Promise<string> {
  const issuerKeys = await cryptoKeys(issuer.privateKey);
  const { publicKey } = await cryptoKeys(privateKey);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=${service}`,
    issuer: `CN=${issuer.name}`,
    notBefore: from,
    notAfter: until,
    signingAlgorithm: EC,
    publicKey,
    signingKey: issuerKeys.privateKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension([
        ...LOOPBACK_NAMES,
        ...uris.map((value) => ({ type: 'url' as const, value })),
      ]),
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(issuerKeys.publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

/** Sixteen random bytes, positive (RFC 5280, 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

async function cryptoKeys(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(pem);
  return {
    privateKey: await importKey(privateKey, 'pkcs8', ['sign']),
    publicKey: await importKey(publicKey, 'spki', ['verify']),
  };
}

function importKey(
  key: KeyObject,
  format: 'pkcs8' | 'spki',
  usages: webcrypto.KeyUsage[],
): Promise<webcrypto.CryptoKey> {
  return crypto.subtle.importKey(format, new Uint8Array(key.export({ type: format, format: 'der' })), EC, true, usages);
}
