import { type KeyObject, createHmac, timingSafeEqual } from 'node:crypto';

import { type EntryHead, canonicalJson } from '@hie/ledger-entry';

interface Row {
  readonly index: number | string;
  readonly leafHash: Uint8Array;
  readonly head: EntryHead;
}

/**
 * HMAC-SHA-256 over what a row of the projection says, and where: whoever has every right in the database, and not the ledger's key,
 * can neither write nor change nor move a row unnoticed. That rows are missing is seen by their number (`find-missing-rows`).
 */
export function rowMac({ index, leafHash, head }: Row, key: KeyObject): Buffer {
  const said = canonicalJson([String(index), Buffer.from(leafHash).toString('base64url'), head]);
  return createHmac('sha256', key).update(said).digest();
}

/** Whether the ledger has written this row. */
export function isGenuineRow(row: Row & { readonly mac: Uint8Array }, key: KeyObject): boolean {
  const expected = rowMac(row, key);
  return row.mac.length === expected.length && timingSafeEqual(row.mac, expected);
}
