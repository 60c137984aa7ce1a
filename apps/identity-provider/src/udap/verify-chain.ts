// Certification path validation, as far as UDAP needs it: https://www.rfc-editor.org/rfc/rfc5280#section-6
import 'reflect-metadata';

import { X509Certificate } from 'node:crypto';

import { isValidAt } from '@hie/service-kit';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509Certificate as ParsedCertificate,
  type X509Crl,
} from '@peculiar/x509';

export type ChainFault =
  | 'certificate-malformed'
  | 'certificate-expired'
  | 'chain-untrusted'
  | 'certificate-not-for-this'
  | 'certificate-revoked'
  | 'revocation-unknown';

/** A chain of certificates is not believed, and why. */
export class ChainRefused extends Error {
  override readonly name = 'ChainRefused';
  readonly retry = 'never';
  constructor(
    readonly code: ChainFault,
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}

export interface TrustAnchors {
  /** Who may sign, at the end of each chain. */
  readonly anchors: readonly X509Certificate[];
  /** Whom they have withdrawn. Every issuer of a chain needs a list that is not out of date. */
  readonly revocationLists: readonly X509Crl[];
}

/** The certificate at the beginning of a chain that is believed. */
export interface TrustedLeaf {
  readonly certificate: X509Certificate;
  /** URIs of its subject alternative name. */
  readonly uris: readonly string[];
}

const MAX_CERTIFICATES = 5;
const MAX_CERTIFICATE_CHARACTERS = 8 * 1024;
/** Critical extensions that are understood here; another one forbids the use of the certificate (RFC 5280, section 4.2). */
const understood = new Set(['2.5.29.15', '2.5.29.17', '2.5.29.19', '2.5.29.37']);

/**
 * Checks the certificates of an `x5c` header, leaf first, each signed by the next and the last by an anchor.
 *
 * @throws ChainRefused
 */
export async function verifyChain(x5c: unknown, trust: TrustAnchors, nowMs: number): Promise<TrustedLeaf> {
  const chain = read(x5c);
  const [leaf] = chain as readonly [Link, ...Link[]];
  if (constraintsOf(leaf)?.ca === true || !usedFor(leaf, KeyUsageFlags.digitalSignature)) {
    throw new ChainRefused('certificate-not-for-this');
  }
  for (const [link, issuer] of pathOf(chain, trust.anchors, nowMs)) {
    await checkRevocation(link, issuer, trust.revocationLists, nowMs);
  }
  return { certificate: leaf.certificate, uris: urisOf(leaf) };
}

/** Each certificate with the one that signed it, up to an anchor; what comes after that in the header is not looked at. */
function pathOf(
  chain: readonly Link[],
  anchors: readonly X509Certificate[],
  nowMs: number,
): readonly (readonly [Link, Link])[] {
  const path: (readonly [Link, Link])[] = [];
  for (const [index, link] of chain.entries()) {
    if (!isValidAt(link.certificate, nowMs)) throw new ChainRefused('certificate-expired');
    const anchor = anchors.find((each) => hasSigned(each, link.certificate));
    const issuer = anchor === undefined ? chain[index + 1] : linkOf(anchor.raw);
    if (issuer === undefined || !maySign(issuer, index) || !hasSigned(issuer.certificate, link.certificate)) {
      throw new ChainRefused('chain-untrusted');
    }
    path.push([link, issuer]);
    if (anchor === undefined) continue;
    if (!isValidAt(anchor, nowMs)) throw new ChainRefused('certificate-expired');
    return path;
  }
  throw new ChainRefused('chain-untrusted');
}

/** One certificate, as Node checks it and as its extensions are read. */
interface Link {
  readonly certificate: X509Certificate;
  readonly parsed: ParsedCertificate;
}

function read(x5c: unknown): readonly Link[] {
  if (!Array.isArray(x5c) || x5c.length === 0 || x5c.length > MAX_CERTIFICATES) {
    throw new ChainRefused('certificate-malformed');
  }
  return x5c.map((text: unknown) => {
    // Base64, not base64url, and no PEM (RFC 7515, section 4.1.6).
    if (typeof text !== 'string' || text.length > MAX_CERTIFICATE_CHARACTERS || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) {
      throw new ChainRefused('certificate-malformed');
    }
    return linkOf(Buffer.from(text, 'base64'));
  });
}

function linkOf(der: Buffer): Link {
  let link: Link;
  try {
    link = { certificate: new X509Certificate(der), parsed: new ParsedCertificate(new Uint8Array(der)) };
  } catch (cause) {
    throw new ChainRefused('certificate-malformed', { cause });
  }
  const strange = link.parsed.extensions.some(({ critical, type }) => critical && !understood.has(type));
  if (strange) throw new ChainRefused('certificate-not-for-this');
  return link;
}

const constraintsOf = ({ parsed }: Link) => parsed.getExtension(BasicConstraintsExtension);

/** Where a certificate says nothing of its use, any is meant. */
function usedFor({ parsed }: Link, flag: KeyUsageFlags): boolean {
  const usage = parsed.getExtension(KeyUsagesExtension);
  return usage === null || (usage.usages & flag) !== 0;
}

/** Whether it is an authority, and one that may have so many others below it. */
function maySign(issuer: Link, authoritiesBelow: number): boolean {
  const constraints = constraintsOf(issuer);
  const isAuthority = constraints?.ca === true && usedFor(issuer, KeyUsageFlags.keyCertSign);
  return isAuthority && authoritiesBelow <= (constraints.pathLength ?? MAX_CERTIFICATES);
}

const hasSigned = (issuer: X509Certificate, certificate: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

async function checkRevocation(
  { parsed }: Link,
  issuer: Link,
  lists: readonly X509Crl[],
  nowMs: number,
): Promise<void> {
  const own = lists.filter(({ issuer: name }) => name === issuer.parsed.subject);
  let isCurrent = false;
  for (const list of own) {
    const until = list.nextUpdate?.getTime() ?? 0;
    if (!usedFor(issuer, KeyUsageFlags.cRLSign) || !(await list.verify({ publicKey: issuer.parsed }))) continue;
    // A list that is out of date still says who was withdrawn.
    if (list.findRevoked(parsed) !== null) throw new ChainRefused('certificate-revoked');
    isCurrent ||= list.thisUpdate.getTime() <= nowMs && nowMs <= until;
  }
  if (!isCurrent) throw new ChainRefused('revocation-unknown');
}

function urisOf({ parsed }: Link): readonly string[] {
  const names = parsed.getExtension(SubjectAlternativeNameExtension)?.names.items ?? [];
  return names.filter(({ type }) => type === 'url').map(({ value }) => value);
}
