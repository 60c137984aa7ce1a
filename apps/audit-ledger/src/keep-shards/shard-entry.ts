import { randomBytes, randomUUID } from 'node:crypto';

import { type EntryDetails, formatLeaf, sealEntry } from '@hie/ledger-entry';
import { transactionRequester } from '@hie/messaging';
import type { TransactionClaims } from '@hie/purpose-of-use';
import type { ShardMark } from '@hie/transparency-log';

import type { LedgerKeys } from '../patient-keys/ledger-keys.js';

/**
 * An entry about the log itself: sealed like any other, and with a mark that anybody can read.
 *
 * @param claims of whoever ordered it; absent for what the ledger does by itself.
 */
export function shardEntry(
  action: string,
  mark: ShardMark,
  details: EntryDetails,
  keys: Pick<LedgerKeys, 'entries'>,
  atMs: number,
  claims?: TransactionClaims,
): Uint8Array {
  const ordered =
    claims === undefined ? {} : { txn: claims.txn, purpose: claims.tctx.purp, requester: transactionRequester(claims) };
  const entry = {
    ...{ eventId: randomUUID(), service: 'audit-ledger', action, outcome: 'success', details },
    ...ordered,
    ...{ seals: [], sealedBy: 'audit-ledger', at: new Date(atMs).toISOString() },
  };
  return formatLeaf({ ...sealEntry(entry, { ledger: keys.entries }, randomBytes), shard: mark });
}
