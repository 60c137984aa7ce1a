import { fileBytes } from './file-bytes.js';

/** A run of whole rows of a CSV file, as bytes: a quote that is opened in it is closed in it. */
export interface CsvPiece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The line on which it begins, from 1. */
  readonly line: number;
  /** Bytes of the file up to its end, or a little beyond it: packed ones where the file is packed. */
  readonly bytesRead: number;
}

const quote = 34;
const newline = 10;

/**
 * Cuts a file into pieces of about `size` bytes, each of which can be read without the others. Nothing is decoded: in UTF-8 no byte of a
 * letter is a quote or a newline. The last piece is what is left, whole or not. A file that gzip has packed is unpacked on the way.
 *
 * @throws Complaint when a packed file is damaged or cut off.
 */
export async function* csvPieces(path: string, size: number): AsyncGenerator<CsvPiece> {
  let rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  let line = 1;
  const { chunks, bytesRead } = await fileBytes(path, size);
  const take = (bytes: Uint8Array<ArrayBuffer>): CsvPiece => {
    const piece = { bytes, line, bytesRead: bytesRead() };
    line += countOf(bytes, newline);
    return piece;
  };
  for await (const chunk of chunks) {
    const text = joined(rest, chunk);
    const end = endOfLastRow(text);
    if (end > 0) yield take(text.slice(0, end));
    rest = end > 0 ? text.slice(end) : text;
  }
  if (rest.length > 0) yield take(rest);
}

function joined(before: Uint8Array, after: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(before.length + after.length);
  bytes.set(before);
  bytes.set(after, before.length);
  return bytes;
}

/** Where the last whole row ends: after the last newline with an even number of quotes before it, 0 where there is none. */
function endOfLastRow(text: Uint8Array): number {
  let end = 0;
  for (let from = 0; ;) {
    const opened = text.indexOf(quote, from);
    const outside = opened < 0 ? text.length : opened;
    const last = text.subarray(from, outside).lastIndexOf(newline);
    if (last >= 0) end = from + last + 1;
    const closed = opened < 0 ? -1 : text.indexOf(quote, opened + 1);
    if (closed < 0) return end;
    from = closed + 1;
  }
}

/** How often a byte stands in some bytes. */
export function countOf(bytes: Uint8Array, byte: number): number {
  let found = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) found++;
  return found;
}
