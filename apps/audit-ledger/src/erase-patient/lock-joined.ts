import type { EntityManager } from 'typeorm';

import { joinedEver } from '../follow-merges/person-standings.js';

/**
 * Locks the keys of these persons and of all whom any merge ever joined them with, for the length of the transaction: whoever erases one and
 * whoever places a hold on another wait for each other.
 *
 * @returns the keys' ids.
 */
export async function lockJoined(manager: EntityManager, keyIds: readonly string[]): Promise<readonly string[]> {
  const rows: { key_id: string }[] = await manager.query(
    `${joinedEver('any($1::uuid[])')} select key_id from patient_key where person in (select person from joined) order by key_id for update`,
    [keyIds],
  );
  return rows.map(({ key_id: keyId }) => keyId);
}
