import { AuditTrail } from '@hie/messaging';
import {
  FieldEncryptionModule,
  FileKeyring,
  MemberDirectoryModule,
  SERVICE_CONFIG,
  ServiceModule,
} from '@hie/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { ClientRegistry } from './clients/client-registry.js';
import type { IdentityProviderConfig } from './identity-provider.config.js';
import { EnrolmentController } from './enrolment/enrolment.controller.js';
import { EnrolmentHandler } from './enrolment/enrolment.handler.js';
import { EnrolmentSessions } from './enrolment/enrolment-sessions.js';
import { CurrentProvider } from './oidc/current-provider.js';
import { ExpirySweeper } from './oidc/expiry.sweeper.js';
import { PersonTokens } from './oidc/person-tokens.js';
import { type TokenEvent, createProvider } from './oidc/provider.js';
import { edgeScopes } from './oidc/scopes.js';
import { AssetsController } from './pages/assets.controller.js';
import { PageFilter } from './pages/page.filter.js';
import { Clock, SystemClock } from './people/clock.js';
import { DormancySweeper } from './people/dormancy.sweeper.js';
import { PeopleList } from './people/people-list.js';
import { PeopleController } from './people/people.controller.js';
import { PeopleHandler } from './people/people.handler.js';
import { PersonCipher } from './people/person-cipher.js';
import { RecoveryHandler } from './people/recovery.handler.js';
import { model } from './persistence/model.js';
import { Ceremonies } from './sign-in/ceremonies.js';
import { Passkeys } from './sign-in/passkeys.js';
import { SignInController } from './sign-in/sign-in.controller.js';
import { SignInHandler } from './sign-in/sign-in.handler.js';
import { RegistrationController } from './udap/registration.controller.js';
import { RegistrationAnnouncement, RegistrationHandler } from './udap/registration.handler.js';
import { UdapClients } from './udap/udap-clients.js';
import { UdapTrust } from './udap/udap-trust.js';

const providerFactory = {
  provide: CurrentProvider,
  useFactory: (
    config: IdentityProviderConfig,
    keyring: FileKeyring,
    clients: ClientRegistry,
    source: DataSource,
    trail: AuditTrail,
    people: PersonTokens,
  ) => {
    const parts = {
      issuer: config.ISSUER,
      resource: config.RESOURCE,
      scopes: edgeScopes,
      clients,
      source,
      record: (event: TokenEvent) => trail.record(...auditOf(event)),
      people,
      consoleRedirectUris: config.CONSOLE_REDIRECT_URIS,
    };
    return new CurrentProvider(keyring, (keys) => createProvider({ ...parts, ...keys }));
  },
  inject: [SERVICE_CONFIG, FileKeyring, ClientRegistry, DataSource, AuditTrail, PersonTokens],
};

const people = [{ provide: Clock, useClass: SystemClock }, PersonCipher, PeopleHandler, RecoveryHandler, PeopleList];

const signIn = [Ceremonies, Passkeys, SignInHandler, EnrolmentSessions, EnrolmentHandler, PageFilter];

const registration = [UdapTrust, UdapClients, RegistrationAnnouncement, RegistrationHandler];

@Module({})
export class IdentityProviderModule {
  static forRoot(config: IdentityProviderConfig): DynamicModule {
    return {
      module: IdentityProviderModule,
      imports: [
        ServiceModule.forRoot({ service: 'identity-provider', config, model }),
        MemberDirectoryModule,
        FieldEncryptionModule,
      ],
      controllers: [PeopleController, SignInController, EnrolmentController, AssetsController, RegistrationController],
      providers: [
        ClientRegistry,
        ExpirySweeper,
        DormancySweeper,
        providerFactory,
        PersonTokens,
        ...people,
        ...signIn,
        ...registration,
      ],
    };
  }
}

function auditOf({
  action,
  outcome,
  reason,
  clientId,
  memberId,
  purpose,
  userId,
  address,
}: TokenEvent): Parameters<AuditTrail['record']> {
  const told = action ?? (outcome === 'success' ? 'token.issued' : 'token.refused');
  const requester = {
    ...(clientId === undefined ? {} : { clientId }),
    ...(memberId === undefined ? {} : { memberId }),
    ...(userId === undefined ? {} : { userId }),
    ...(address === undefined ? {} : { address }),
  };
  return [
    { action: told, outcome, ...(reason === undefined ? {} : { reason }) },
    { requester, ...(purpose === undefined ? {} : { purpose }) },
  ];
}
