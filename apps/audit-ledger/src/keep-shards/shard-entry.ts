import { randomBytes, randomUUID } from 'node:crypto';

import { type EntryDetails, bindingOf, detailsDigestOf, formatLeaf, sealEntry, vouchFor } from '@hie/ledger-entry';
import { type Keyring, transactionRequester } from '@hie/messaging';
import type { TransactionClaims } from '@hie/purpose-of-use';
import type { ShardMark } from '@hie/transparency-log';

import type { LedgerKeys } from '../patient-keys/ledger-keys.js';

/** What an entry is sealed with, and what the ledger vouches for it with. */
export interface ShardEntryKeys {
  readonly ledger: Pick<LedgerKeys, 'entries'>;
  readonly service: Pick<Keyring, 'sealingKey'>;
}

/**
 * An entry about the log itself: sealed and vouched for like any other, and with a mark that anybody can read.
 *
 * @param claims of whoever ordered it; absent for what the ledger does by itself.
 */
export function shardEntry(
  action: string,
  mark: ShardMark,
  details: EntryDetails,
  { ledger, service }: ShardEntryKeys,
  atMs: number,
  claims?: TransactionClaims,
): Uint8Array {
  const ordered =
    claims === undefined ? {} : { txn: claims.txn, purpose: claims.tctx.purp, requester: transactionRequester(claims) };
  const told = {
    ...{ eventId: randomUUID(), service: 'audit-ledger', action, outcome: 'success' },
    ...ordered,
    ...{ seals: [], at: new Date(atMs).toISOString() },
  };
  const binding = bindingOf(randomBytes(16).toString('base64url'), undefined);
  const detailsDigest = detailsDigestOf(binding, details);
  const { kid, key } = service.sealingKey();
  const signature = vouchFor(told, detailsDigest, kid, key);
  const entry = { ...told, sealedBy: 'audit-ledger', details, binding, detailsDigest, signature };
  return formatLeaf({ ...sealEntry(entry, { ledger: ledger.entries }, randomBytes), shard: mark });
}
