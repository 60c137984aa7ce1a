import { MemberDirectory } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';
import { decodeProtectedHeader } from 'jose';
import { DataSource } from 'typeorm';

import type { KnownClient } from '../clients/client-registry.js';
import { rightsOf } from './decide-registration.js';
import { UdapClientEntity } from './udap-client.entity.js';
import { UdapTrust } from './udap-trust.js';
import { ChainRefused, verifyChain } from './verify-chain.js';

/** Systems that registered themselves, with what their members have today. */
@Injectable()
export class UdapClients {
  constructor(
    private readonly source: DataSource,
    private readonly trust: UdapTrust,
    private readonly directory: MemberDirectory,
  ) {}

  /** `undefined` for an unknown or cancelled one, for one whose member is suspended, and for one that the operator has taken out of the list. */
  async find(clientId: string): Promise<KnownClient | undefined> {
    const row = await this.source.getRepository(UdapClientEntity).findOneBy({ clientId, status: 'active' });
    if (row === null || this.trust.current()?.memberOf(row.uri) !== row.memberId) return undefined;
    const member = this.directory.active(row.memberId);
    if (member === undefined) return undefined;
    const { scopes, purposes } = rightsOf(member);
    const granted = row.scopes.filter((scope) => scopes.includes(scope));
    return {
      ...{ memberId: row.memberId, organizationId: member.organizationId, udapUri: row.uri },
      registration: { clientId, jwks: { keys: [] }, scopes: granted, purposes, boundBy: row.boundBy },
    };
  }

  /**
   * The same client with the key of the certificate that its assertion brings, once that is believed to be the system's.
   *
   * UDAP JWT-Based Client Authentication, section 4: the chain of `x5c` leads to an anchor, and the leaf is for the registered URI.
   */
  async withAssertedKey(client: KnownClient, assertion: string): Promise<KnownClient | undefined> {
    const trust = this.trust.current();
    if (trust === undefined || client.udapUri === undefined) return undefined;
    try {
      const { certificate, uris } = await verifyChain(decodeProtectedHeader(assertion).x5c, trust, Date.now());
      if (!uris.includes(client.udapUri)) return undefined;
      const key = { ...certificate.publicKey.export({ format: 'jwk' }), use: 'sig' };
      return { ...client, registration: { ...client.registration, jwks: { keys: [key] } } };
    } catch (error) {
      if (error instanceof ChainRefused || error instanceof TypeError) return undefined;
      throw error;
    }
  }
}
