import 'reflect-metadata';

import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

import { PinoLogger, SERVICE_CONFIG } from '@hie/service-kit';
import { X509Crl } from '@peculiar/x509';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';

import type { IdentityProviderConfig } from '../identity-provider.config.js';
import type { TrustAnchors } from './verify-chain.js';

const trustFileSchema = z.strictObject({
  /** Certificates of the authorities of the trust community, PEM. */
  anchors: z.array(z.string()).max(16),
  /** Their revocation lists and those of the authorities below them, PEM. */
  revocationLists: z.array(z.string()).max(64),
  /** Which member each system belongs to, by the URI in its certificate: the operator says so, and no certificate. */
  members: z.array(z.strictObject({ uri: z.url(), memberId: z.string() })).max(4_096),
});

/** Who may register systems, and whose they are. */
export interface TrustCommunity extends TrustAnchors {
  /** `undefined` for a system that the operator has mapped to no member. */
  memberOf(uri: string): string | undefined;
}

/** Reads a trust community. @throws SyntaxError, ZodError, Error for a file that is none. */
export function readTrustCommunity(text: string): TrustCommunity {
  const { anchors, revocationLists, members } = trustFileSchema.parse(JSON.parse(text));
  const owners = new Map(members.map(({ uri, memberId }) => [uri, memberId]));
  return {
    anchors: anchors.map((pem) => new X509Certificate(pem)),
    revocationLists: revocationLists.map((pem) => new X509Crl(pem)),
    memberOf: (uri) => owners.get(uri),
  };
}

/**
 * The trust community that the operator keeps in a file, read again when it changes.
 *
 * A changed file that can not be read is reported, and trusts nobody: an operator who takes somebody out must not be undone by a slip.
 */
@Injectable()
export class UdapTrust {
  private readAt: number | undefined;
  private community: TrustCommunity | undefined;

  constructor(
    @Inject(SERVICE_CONFIG) private readonly config: Pick<IdentityProviderConfig, 'UDAP_TRUST'>,
    private readonly logger: PinoLogger,
  ) {}

  /** `undefined` where the operator has configured none, or the file is not readable now. */
  current(): TrustCommunity | undefined {
    const { UDAP_TRUST: path } = this.config;
    if (path === undefined) return undefined;
    try {
      const { mtimeMs } = statSync(path);
      if (mtimeMs !== this.readAt) {
        this.community = undefined;
        this.readAt = mtimeMs;
        this.community = readTrustCommunity(readFileSync(path, 'utf8'));
      }
    } catch (error) {
      this.community = undefined;
      this.logger.error({ err: error }, 'trust community not readable');
    }
    return this.community;
  }
}
