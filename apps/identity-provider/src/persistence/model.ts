import type { DatabaseModel } from '@hie/persistence';

import { EnrolmentSessionEntity } from '../enrolment/enrolment-session.entity.js';
import { OidcPayloadEntity } from '../oidc/oidc-payload.entity.js';
import { AuthenticatorEntity } from '../people/authenticator.entity.js';
import { InvitationEntity } from '../people/invitation.entity.js';
import { PersonEntity, PersonRoleEntity } from '../people/person.entity.js';
import { CeremonyEntity } from '../sign-in/ceremony.entity.js';
import { UdapClientEntity } from '../udap/udap-client.entity.js';
import { CreateOidcPayload1790000000000 } from './migrations/1790000000000-create-oidc-payload.js';
import { CreatePeople1796000000000 } from './migrations/1796000000000-create-people.js';
import { CreateUdapClients1798000000000 } from './migrations/1798000000000-create-udap-clients.js';
import { NameAnAccountsPatient1799000000000 } from './migrations/1799000000000-name-an-accounts-patient.js';
import { CountToldEvents1799100000000 } from './migrations/1799100000000-count-told-events.js';

export const model: DatabaseModel = {
  entities: [
    OidcPayloadEntity,
    PersonEntity,
    PersonRoleEntity,
    AuthenticatorEntity,
    InvitationEntity,
    EnrolmentSessionEntity,
    CeremonyEntity,
    UdapClientEntity,
  ],
  migrations: [
    CreateOidcPayload1790000000000,
    CreatePeople1796000000000,
    CreateUdapClients1798000000000,
    NameAnAccountsPatient1799000000000,
    CountToldEvents1799100000000,
  ],
};
