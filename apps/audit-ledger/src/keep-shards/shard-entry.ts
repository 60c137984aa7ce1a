import { randomBytes, randomUUID } from 'node:crypto';

import { type EntryDetails, formatLeaf, sealEntry } from '@hie/ledger-entry';
import type { ShardMark } from '@hie/transparency-log';

import type { LedgerKeys } from '../patient-keys/ledger-keys.js';

/** An entry about the log itself: sealed like any other, and with a mark that anybody can read. */
export function shardEntry(
  action: string,
  mark: ShardMark,
  details: EntryDetails,
  keys: Pick<LedgerKeys, 'entries'>,
  atMs: number,
): Uint8Array {
  const entry = {
    ...{ eventId: randomUUID(), service: 'audit-ledger', action, outcome: 'success', details },
    ...{ seals: [], sealedBy: 'audit-ledger', at: new Date(atMs).toISOString() },
  };
  return formatLeaf({ ...sealEntry(entry, { ledger: keys.entries }, randomBytes), shard: mark });
}
