import 'reflect-metadata';

import { randomBytes, webcrypto } from 'node:crypto';

import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509';

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const RSA = {
  ...{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048 },
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;
const DAY_MS = 86_400_000;

export interface CertificateWish {
  readonly name: string;
  /** Of the subject alternative name. */
  readonly uris?: readonly string[];
  readonly from?: Date;
  readonly until?: Date;
  readonly alg?: 'ES256' | 'RS256';
  /** Whether it says that it may sign others; a leaf that signs all the same is for a test to refuse. */
  readonly isAuthority?: boolean;
  /** Whether its key usage lets it sign others; as an authority's does, unless said. */
  readonly maySign?: boolean;
  /** How many authorities may be below it. */
  readonly pathLength?: number;
}

/** A certificate and its private key, PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly serialNumber: string;
}

/** A certificate authority in memory, for tests of who trusts whom. */
export class TestAuthority implements TestCertificate {
  private constructor(
    private readonly keys: webcrypto.CryptoKeyPair,
    private readonly certificate: X509Certificate,
    readonly key: string,
  ) {}

  static async root(name: string, wish: Partial<CertificateWish> = {}): Promise<TestAuthority> {
    const keys = await newKeys(wish);
    const certificate = await generate(
      { name, isAuthority: true, ...wish },
      keys.publicKey,
      `CN=${name}`,
      keys.privateKey,
    );
    return new TestAuthority(keys, certificate, await pemOf(keys.privateKey));
  }

  /** PEM. */
  get cert(): string {
    return this.certificate.toString('pem');
  }

  get serialNumber(): string {
    return this.certificate.serialNumber;
  }

  /** An authority below this one; also what calls itself one without being allowed to. */
  async below(wish: CertificateWish): Promise<TestAuthority> {
    const keys = await newKeys(wish);
    return new TestAuthority(keys, await this.sign({ isAuthority: true, ...wish }, keys), await pemOf(keys.privateKey));
  }

  async issue(wish: CertificateWish): Promise<TestCertificate> {
    const keys = await newKeys(wish);
    const certificate = await this.sign(wish, keys);
    const { serialNumber } = certificate;
    return { cert: certificate.toString('pem'), key: await pemOf(keys.privateKey), serialNumber };
  }

  /** Its list of withdrawn certificates (RFC 5280, section 5), PEM. */
  async revocations(
    revoked: readonly TestCertificate[],
    { from = new Date(Date.now() - DAY_MS), until = new Date(Date.now() + DAY_MS) } = {},
  ): Promise<string> {
    const crl = await X509CrlGenerator.create({
      ...{ issuer: this.certificate.subject, thisUpdate: from, nextUpdate: until },
      entries: revoked.map(({ serialNumber }) => ({ serialNumber, revocationDate: from })),
      ...{ signingAlgorithm: withHash(this.keys.privateKey), signingKey: this.keys.privateKey },
    });
    return crl.toString('pem');
  }

  private sign(wish: CertificateWish, { publicKey }: webcrypto.CryptoKeyPair): Promise<X509Certificate> {
    return generate(wish, publicKey, this.certificate.subject, this.keys.privateKey);
  }
}

function newKeys({ alg = 'ES256' }: Partial<CertificateWish>): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(alg === 'ES256' ? EC : RSA, true, ['sign', 'verify']);
}

function generate(
  { name, uris = [], from, until, isAuthority = false, maySign = isAuthority, pathLength }: CertificateWish,
  publicKey: webcrypto.CryptoKey,
  issuer: string,
  signingKey: webcrypto.CryptoKey,
): Promise<X509Certificate> {
  // An authority here may stand at the end of a connection too, self-signed.
  const signing = maySign ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign : 0;
  return X509CertificateGenerator.create({
    ...{ serialNumber: `40${randomBytes(15).toString('hex')}`, subject: `CN=${name}`, issuer },
    notBefore: from ?? new Date(Date.now() - DAY_MS),
    notAfter: until ?? new Date(Date.now() + DAY_MS),
    ...{ publicKey, signingKey, signingAlgorithm: withHash(signingKey) },
    extensions: [
      new BasicConstraintsExtension(isAuthority, pathLength, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | signing, true),
      ...(uris.length === 0
        ? []
        : [new SubjectAlternativeNameExtension(uris.map((value) => ({ type: 'url' as const, value })))]),
    ],
  });
}

/** What signs; an EC key does not say with which digest. */
const withHash = ({ algorithm }: webcrypto.CryptoKey) => ({ ...algorithm, hash: 'SHA-256' });

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${der.replaceAll(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
}
