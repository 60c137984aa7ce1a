import { randomBytes, randomUUID } from 'node:crypto';

import type { AuditEvent } from '@hie/contracts';
import { formatLeaf, sealEntry } from '@hie/ledger-entry';
import { leafHash } from '@hie/transparency-log';
import type { Pool } from 'pg';
import type { QueryRunner } from 'typeorm';

import { entryOfEvent } from '../append-event/entry-of-event.js';
import { insertEntries } from '../append-event/entry.store.js';
import { rowMac } from '../append-event/row-mac.js';
import { LedgerKeys } from '../patient-keys/ledger-keys.js';
import { PatientKeys } from '../patient-keys/patient-keys.js';
import { model } from '../persistence/model.js';
import type { ShardState } from '../read-log/log-view.js';
import { PlacedEntries } from './placed-entries.js';
import { SealedEntries } from './sealed-entries.js';

/** What a spec says of an event; the rest is a clinic's routine question. */
export type ToldEvent = Partial<AuditEvent> & Pick<AuditEvent, 'action'>;

/** A real projection, filled with entries that are sealed as the log's are. */
export interface SealedProjection {
  readonly keys: LedgerKeys;
  readonly patients: PatientKeys;
  readonly placed: PlacedEntries;
  readonly masterKey: Buffer;
  /** What the log would hold, in the order of their appending. */
  readonly leaves: readonly Uint8Array[];
  /** Adds events at the next indexes; @returns their event ids. */
  append(...events: readonly ToldEvent[]): Promise<readonly string[]>;
  /** Adds one at an index of its own, as when commits come in another order. */
  appendAt(index: number, event: ToldEvent): Promise<string>;
}

const SHARD = { name: '2026h2', begin: 0, head: { size: 1_000_000 } } as ShardState;

/** Makes the service's tables in an empty schema. */
export async function createTables(runner: QueryRunner): Promise<void> {
  for (const Migration of model.migrations) await new Migration().up(runner);
}

/** @param pool of a schema with the service's tables. */
export function sealedProjection(pool: Pool): SealedProjection {
  const masterKey = Buffer.alloc(32, 5);
  const keys = new LedgerKeys({ masterKey: () => masterKey, wrappingKeys: () => [masterKey] } as never);
  const patients = new PatientKeys(pool, keys);
  const leaves: Uint8Array[] = [];
  let size = 0;

  const appendAt = async (index: number, told: ToldEvent): Promise<string> => {
    const event: AuditEvent = {
      ...{ eventId: randomUUID(), txn: randomUUID(), service: 'gateway', outcome: 'success', purpose: 'TREAT' },
      ...{ requester: { memberId: 'mercy', clientId: 'mercy-emr' }, details: {}, seals: [] },
      ...{ at: '2026-01-02T03:04:05.000Z', receiptWanted: false },
      ...told,
    };
    const patient = event.personId === undefined ? undefined : await patients.of(event.personId);
    const entry = entryOfEvent(event, event.service, patient?.keyId);
    const { details, ...head } = entry;
    const leaf = sealEntry(entry, { ledger: keys.entries, patient: patient?.key }, randomBytes);
    if (details === undefined) throw new RangeError('An event without details was told.');
    const bytes = formatLeaf(leaf);
    leaves.push(bytes);
    const hash = leafHash(bytes);
    const row = { index, leafHash: hash, head };
    const standing = { ...row, details: leaf.details, mac: rowMac(row, keys.rows) };
    for (const statement of insertEntries([standing])) {
      await pool.query(statement);
    }
    size = Math.max(size, index + 1);
    return event.eventId;
  };

  return {
    ...{ keys, patients, masterKey, leaves, appendAt },
    placed: new PlacedEntries(new SealedEntries(keys, patients), {
      current: () => Promise.resolve({ shards: [SHARD] }),
    }),
    append: async (...events) => {
      const ids: string[] = [];
      for (const event of events) ids.push(await appendAt(size, event));
      return ids;
    },
  };
}
