import { decodeBundle } from '@hie/transparency-log';

/** A bundle of `width` entries with something done to them, as it stands in a file. */
export function withEntries(
  bundle: Uint8Array,
  width: number,
  change: (entries: Uint8Array[]) => Uint8Array[],
): Uint8Array {
  return Buffer.concat(change([...decodeBundle(bundle, width, true)]).map(framed));
}

/** With its last bit flipped. */
export function edited(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[copy.length - 1] = (copy.at(-1) as number) ^ 1;
  return copy;
}

/** As an entry stands in a bundle: two bytes of length before it. */
function framed(entry: Uint8Array): Uint8Array {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(entry.length);
  return Buffer.concat([length, entry]);
}
