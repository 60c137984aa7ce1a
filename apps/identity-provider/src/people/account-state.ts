import type { DataSource, EntityManager } from 'typeorm';

import { AuthenticatorEntity } from './authenticator.entity.js';
import type { AccountState } from './decide-account.js';
import { PersonEntity } from './person.entity.js';

/** What decides whether a person may sign in; `undefined` where there is no such person. */
export async function accountState(
  source: Pick<DataSource | EntityManager, 'getRepository'>,
  personId: string,
): Promise<AccountState | undefined> {
  const person = await source.getRepository(PersonEntity).findOneBy({ personId });
  if (person === null) return undefined;
  const authenticators = await source.getRepository(AuthenticatorEntity).countBy({ personId, status: 'active' });
  return { status: person.status, lastActiveAt: person.lastActiveAt, authenticators };
}
