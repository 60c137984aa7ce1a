import type { DatabaseModel } from '@hie/persistence';

import { OidcPayloadEntity } from '../oidc/oidc-payload.entity.js';
import { CreateOidcPayload1790000000000 } from './migrations/1790000000000-create-oidc-payload.js';

export const model: DatabaseModel = { entities: [OidcPayloadEntity], migrations: [CreateOidcPayload1790000000000] };
