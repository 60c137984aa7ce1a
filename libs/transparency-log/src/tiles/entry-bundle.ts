// C2SP tlog-tiles, "Log entries" (https://c2sp.org/tlog-tiles#log-entries): uint16 length, big-endian, then the entry.
import { TransparencyLogError } from '../failure.js';

/** The longest entry that the format's two-byte length can say. */
export const MAX_ENTRY_BYTES = 0xffff;

const LENGTH_BYTES = 2;

/**
 * One entry as it stands in a bundle: its length, then its bytes.
 *
 * @throws TransparencyLogError `entry-too-large` above 65,535 bytes.
 */
export function encodeEntry(entry: Uint8Array): Uint8Array {
  if (entry.length > MAX_ENTRY_BYTES) throw new TransparencyLogError('entry-too-large');
  const encoded = Buffer.allocUnsafe(LENGTH_BYTES + entry.length);
  encoded.writeUInt16BE(entry.length);
  encoded.set(entry, LENGTH_BYTES);
  return encoded;
}

/**
 * The first `count` entries of a bundle, as views into its bytes.
 *
 * @param whole whether the bundle must hold nothing else. `false` only where a full bundle was read in place of a partial
 *   one that is no longer there.
 * @throws TransparencyLogError `bundle-malformed` when it holds fewer, or is cut short, or goes on.
 */
export function decodeBundle(bundle: Uint8Array, count: number, whole = true): readonly Uint8Array[] {
  const entries = leadingEntries(bundle, count);
  const length = entries.reduce((sum, entry) => sum + LENGTH_BYTES + entry.length, 0);
  if (entries.length < count || (whole && length !== bundle.length)) throw new TransparencyLogError('bundle-malformed');
  return entries;
}

/** As many of the first `count` entries as can be read, also of a bundle that does not hold what it must. */
export function leadingEntries(bundle: Uint8Array, count: number): readonly Uint8Array[] {
  const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const entries: Uint8Array[] = [];
  for (let at = 0; entries.length < count && at + LENGTH_BYTES <= bytes.length;) {
    const end = at + LENGTH_BYTES + bytes.readUInt16BE(at);
    if (end > bytes.length) break;
    entries.push(bytes.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return entries;
}
