import type { EntityManager } from 'typeorm';

import { OidcPayloadEntity } from '../oidc/oidc-payload.entity.js';

/** Ends what a person has open: sessions, grants, and the refresh tokens and codes under them. */
export async function endSessions(manager: EntityManager, personId: string): Promise<void> {
  await manager
    .createQueryBuilder()
    .delete()
    .from(OidcPayloadEntity)
    .where(`payload ->> 'accountId' = :personId`, { personId })
    .execute();
}
