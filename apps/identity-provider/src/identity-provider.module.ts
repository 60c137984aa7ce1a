import { AuditTrail } from '@hie/messaging';
import { FileKeyring, MemberDirectoryModule, SERVICE_CONFIG, ServiceModule } from '@hie/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';
import Provider from 'oidc-provider';
import { DataSource } from 'typeorm';

import { ClientRegistry } from './clients/client-registry.js';
import type { IdentityProviderConfig } from './identity-provider.config.js';
import { ExpirySweeper } from './oidc/expiry.sweeper.js';
import { type TokenEvent, createProvider } from './oidc/provider.js';
import { edgeScopes } from './oidc/scopes.js';
import { model } from './persistence/model.js';

const providerFactory = {
  provide: Provider,
  useFactory: (
    config: IdentityProviderConfig,
    keyring: FileKeyring,
    clients: ClientRegistry,
    source: DataSource,
    trail: AuditTrail,
  ) =>
    createProvider({
      issuer: config.ISSUER,
      resource: config.RESOURCE,
      signingKey: keyring.privateJwk('oidc'),
      scopes: edgeScopes,
      clients,
      source,
      record: (event) => trail.record(...auditOf(event)),
    }),
  inject: [SERVICE_CONFIG, FileKeyring, ClientRegistry, DataSource, AuditTrail],
};

@Module({})
export class IdentityProviderModule {
  static forRoot(config: IdentityProviderConfig): DynamicModule {
    return {
      module: IdentityProviderModule,
      imports: [ServiceModule.forRoot({ service: 'identity-provider', config, model }), MemberDirectoryModule],
      providers: [ClientRegistry, ExpirySweeper, providerFactory],
    };
  }
}

function auditOf({ outcome, reason, clientId, memberId, purpose }: TokenEvent): Parameters<AuditTrail['record']> {
  const action = outcome === 'success' ? 'token.issued' : 'token.refused';
  const requester = {
    ...(clientId === undefined ? {} : { clientId }),
    ...(memberId === undefined ? {} : { memberId }),
  };
  return [
    { action, outcome, ...(reason === undefined ? {} : { reason }) },
    { requester, ...(purpose === undefined ? {} : { purpose }) },
  ];
}
