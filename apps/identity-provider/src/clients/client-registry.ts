import { readFileSync } from 'node:fs';

import { type ClientRegistration, OPERATOR, memberChangedSchema } from '@hie/contracts';
import { MemberDirectory, SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';

import type { IdentityProviderConfig } from '../identity-provider.config.js';
import { UdapClients } from '../udap/udap-clients.js';

export interface KnownClient {
  readonly memberId: string;
  readonly organizationId: string;
  readonly registration: ClientRegistration;
  /** Of a system that registered itself (UDAP): the URI in its certificate. It has no registered keys. */
  readonly udapUri?: string;
}

/** Who may ask for a token: the clients of active members, and the operator. */
@Injectable()
export class ClientRegistry {
  private readonly operator: ClientRegistration;

  constructor(
    private readonly directory: MemberDirectory,
    private readonly udap: UdapClients,
    @Inject(SERVICE_CONFIG) config: IdentityProviderConfig,
  ) {
    const registration: unknown = JSON.parse(readFileSync(config.OPERATOR_CLIENT, 'utf8'));
    this.operator = memberChangedSchema.shape.clients.element.parse(registration);
  }

  /** `undefined` for an unknown client and for one whose member is suspended. */
  async find(clientId: string): Promise<KnownClient | undefined> {
    if (clientId === this.operator.clientId) {
      // Who runs the exchange is no member: it holds no records and may ask for none.
      return { memberId: OPERATOR, organizationId: OPERATOR, registration: this.operator };
    }
    const known = this.directory.client(clientId);
    if (known === undefined) return this.udap.find(clientId);
    const member = this.directory.active(known.memberId);
    if (member === undefined) return undefined;
    return { memberId: known.memberId, organizationId: member.organizationId, registration: known.registration };
  }

  /** The same with the keys that an assertion may be checked with: of a UDAP client those of the certificate that it brings, if that is believed. */
  async findAsserting(clientId: string, assertion: string): Promise<KnownClient | undefined> {
    const client = await this.find(clientId);
    return client?.udapUri === undefined ? client : this.udap.withAssertedKey(client, assertion);
  }
}
