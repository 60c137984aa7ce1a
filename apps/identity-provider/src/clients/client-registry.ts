import { readFileSync } from 'node:fs';

import { type ClientRegistration, OPERATOR, memberChangedSchema } from '@hie/contracts';
import { MemberDirectory, SERVICE_CONFIG } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';

import type { IdentityProviderConfig } from '../identity-provider.config.js';

export interface KnownClient {
  readonly memberId: string;
  readonly organizationId: string;
  readonly registration: ClientRegistration;
}

/** Who may ask for a token: the clients of active members, and the operator. */
@Injectable()
export class ClientRegistry {
  private readonly operator: ClientRegistration;

  constructor(
    private readonly directory: MemberDirectory,
    @Inject(SERVICE_CONFIG) config: IdentityProviderConfig,
  ) {
    const registration: unknown = JSON.parse(readFileSync(config.OPERATOR_CLIENT, 'utf8'));
    this.operator = memberChangedSchema.shape.clients.element.parse(registration);
  }

  /** `undefined` for an unknown client and for one whose member is suspended. */
  find(clientId: string): KnownClient | undefined {
    if (clientId === this.operator.clientId) {
      // Who runs the exchange is no member: it holds no records and may ask for none.
      return { memberId: OPERATOR, organizationId: OPERATOR, registration: this.operator };
    }
    const known = this.directory.client(clientId);
    const member = known && this.directory.find(known.memberId);
    if (known === undefined || member?.status !== 'active') return undefined;
    return { ...known, organizationId: member.organizationId };
  }
}
