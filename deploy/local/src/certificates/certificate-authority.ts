import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { LocalExchangeError } from '../local-exchange-error.js';
import { authorityCertificate, type Issuer, leafCertificate, newPrivateKey } from './certificate.js';
import { readIfThere, replaceFile, writeOnce } from './exclusive-file.js';

const LEAF_HOURS = 24;
const AUTHORITY_DAYS = 365;
const HOUR_MS = 3_600_000;
/** Clocks of one machine agree; this is for a virtual machine that was paused. */
const BACKDATED_MS = 60_000;

/** A service's certificate and key, as files. */
export interface Leaf {
  /** The service: the certificate's common name, and so its Kafka principal `User:<name>`. */
  readonly name: string;
  /** PEM. */
  readonly certificatePath: string;
  /** PEM, PKCS #8, mode 0600. */
  readonly keyPath: string;
  readonly expiresAt: Date;
}

/** Signs the certificates of one local exchange. */
export interface CertificateAuthority {
  /** PEM file of its own certificate, for everybody who is to trust the exchange. */
  readonly certificatePath: string;
  /** The same, as text. */
  readonly certificate: string;
  /**
   * The leaf of a service: made the first time, and again once less than a third of its life is left. `uris` are put into its
   * subject alternative name whenever it is made by this authority.
   *
   * @throws RangeError when the name is not of lower-case letters, digits and hyphens: Kafka maps no other to a principal.
   */
  leaf(name: string, uris?: readonly string[]): Promise<Leaf>;
  /**
   * A new certificate over the service's key. The key stays: certificate and key are two files, and a reader must never
   * find one of each pair.
   */
  renew(name: string): Promise<Leaf>;
}

export interface CertificateAuthorityOptions {
  readonly now?: () => Date;
  /** How long a leaf is valid; 24 unless said. */
  readonly leafHours?: number;
}

/**
 * Opens the certificate authority in a folder, or makes one there: EC P-256, good for a year and for this machine's
 * loopback alone. Several processes may open the same folder at the same time, and get the same authority.
 *
 * @throws LocalExchangeError `certificate-unreadable` when the folder holds something else, or an authority at its end.
 */
export async function certificateAuthority(
  folder: string,
  { now = () => new Date(), leafHours = LEAF_HOURS }: CertificateAuthorityOptions = {},
): Promise<CertificateAuthority> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const certificatePath = join(folder, 'ca.crt.pem');
  const privateKey = readOrMake(join(folder, 'ca.key.pem'));
  const certificate =
    readIfThere(certificatePath) ??
    writeOnce(
      certificatePath,
      await authorityCertificate(
        { name: `HIE local exchange ${randomBytes(4).toString('hex')}`, privateKey },
        validity(now(), AUTHORITY_DAYS * 24),
      ),
      0o644,
    );
  if (expiry(certificate, certificatePath).getTime() < now().getTime() + leafHours * HOUR_MS) {
    throw new LocalExchangeError('certificate-unreadable', { file: certificatePath, because: 'it expires too soon' });
  }
  const issuer: Issuer = { name: commonName(certificate, certificatePath), privateKey };

  const urisOf = new Map<string, readonly string[]>();
  const issue = async (name: string): Promise<Leaf> => {
    if (!/^[a-z0-9-]+$/.test(name))
      throw new RangeError('A service is named by lower-case letters, digits and hyphens');
    const keyPath = join(folder, `${name}.key.pem`);
    const path = join(folder, `${name}.crt.pem`);
    const leaf = await leafCertificate(name, readOrMake(keyPath), issuer, validity(now(), leafHours), urisOf.get(name));
    replaceFile(path, leaf, 0o644);
    return { name, certificatePath: path, keyPath, expiresAt: expiry(leaf, path) };
  };
  return {
    certificatePath,
    certificate,
    leaf: async (name, uris) => {
      if (uris !== undefined) urisOf.set(name, uris);
      const path = join(folder, `${name}.crt.pem`);
      const found = readIfThere(path);
      if (found === undefined) return issue(name);
      const expiresAt = expiry(found, path);
      if (expiresAt.getTime() - now().getTime() < (leafHours * HOUR_MS) / 3) return issue(name);
      return { name, certificatePath: path, keyPath: join(folder, `${name}.key.pem`), expiresAt };
    },
    renew: issue,
  };
}

function validity(now: Date, hours: number): { from: Date; until: Date } {
  return { from: new Date(now.getTime() - BACKDATED_MS), until: new Date(now.getTime() + hours * HOUR_MS) };
}

function readOrMake(keyPath: string): string {
  return readIfThere(keyPath) ?? writeOnce(keyPath, newPrivateKey(), 0o600);
}

function commonName(pem: string, file: string): string {
  const [, name] = /^CN=(.+)$/m.exec(parse(pem, file).subject) ?? [];
  if (name === undefined) throw new LocalExchangeError('certificate-unreadable', { file });
  return name;
}

function expiry(pem: string, file: string): Date {
  return new Date(parse(pem, file).validTo);
}

function parse(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new LocalExchangeError('certificate-unreadable', { file }, { cause });
  }
}
