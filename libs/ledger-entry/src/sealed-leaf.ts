import { canonicalJson } from './ledger-entry.js';

/** RFC 6962 leaf data: what stands in the public log for ever. All binary values are base64url. */
export interface SealedLeaf {
  readonly v: 2;
  /** Random; known to whoever holds the receipt. */
  readonly eventId: string;
  /** What was disclosed, bound without being told: see `commitmentTo`. */
  readonly commitment: string;
  /** The head, for the ledger's keeper and for the patient. */
  readonly head: string;
  /** The details, for the patient's key. */
  readonly details: string;
  /** What an entry about the log itself says to everybody: see `markOf` of transparency-log. */
  readonly shard?: object;
}

/** A leaf that can't be read, or not with this key. The text never holds anything of the entry. */
export class LedgerEntryError extends Error {
  override readonly name = 'LedgerEntryError';
  readonly retry = 'never';
  constructor(
    readonly code: 'entry-malformed' | 'entry-version-unknown' | 'entry-unreadable' | 'entry-too-large',
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}

/** C2SP tlog-tiles gives an entry's length in 16 bits. */
export const MAX_ENTRY_BYTES = 65_535;

/** @throws LedgerEntryError `entry-too-large` */
export function formatLeaf(leaf: SealedLeaf): Uint8Array {
  const bytes = Buffer.from(canonicalJson(leaf));
  if (bytes.length > MAX_ENTRY_BYTES) throw new LedgerEntryError('entry-too-large');
  return bytes;
}

/** @throws LedgerEntryError `entry-malformed`, `entry-version-unknown` */
export function parseLeaf(bytes: Uint8Array): SealedLeaf {
  let value: Partial<Record<keyof SealedLeaf, unknown>> | null;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as typeof value;
  } catch (cause) {
    throw new LedgerEntryError('entry-malformed', { cause });
  }
  if (typeof value !== 'object' || value === null) throw new LedgerEntryError('entry-malformed');
  if (value.v !== 2) throw new LedgerEntryError('entry-version-unknown');
  const { eventId, commitment, head, details } = value;
  for (const part of [eventId, commitment, head, details]) {
    if (typeof part !== 'string') throw new LedgerEntryError('entry-malformed');
  }
  return value as SealedLeaf;
}
