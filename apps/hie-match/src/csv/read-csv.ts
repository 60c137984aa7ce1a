import { stat } from 'node:fs/promises';

import { Complaint } from '../complaint.js';
import { type CsvPiece, csvPieces } from './csv-pieces.js';

/** Rows of a CSV file (RFC 4180, also with `;`, tab or `|`). */
export interface CsvRows {
  /** Values of each row, as many as the header has. */
  readonly rows: readonly (readonly string[])[];
  /** Line on which each row begins, from 1. */
  readonly lines: readonly number[];
}

/** What it takes to read the rows of a piece of a file. */
export interface CsvShape {
  readonly path: string;
  readonly header: readonly string[];
  readonly delimiter: string;
}

export interface CsvFile extends CsvShape {
  readonly bytes: number;
  /** What follows the header, to be read with `readRows`. */
  readonly pieces: AsyncGenerator<CsvPiece>;
}

/** Small enough that a few threads have several of them to do, large enough that a word of a piece is met in it many times. */
const pieceOf = (bytes: number): number => Math.min(4 << 20, Math.max(1 << 20, Math.ceil(bytes / 24)));

/**
 * Opens a CSV file, also one that gzip has packed, and reads its header; the rest streams, however large the file.
 *
 * @throws Complaint naming the line and the column when the file is missing, empty, not UTF-8, or has a column named twice.
 */
export async function openCsv(path: string, size?: number): Promise<CsvFile> {
  const bytes = await sizeOf(path);
  const pieces = csvPieces(path, size ?? pieceOf(bytes));
  for (;;) {
    const next = await pieces.next();
    if (next.done === true)
      throw new Complaint('csv', `${path} is empty: it needs a first line with the names of the columns.`);
    const found = readHeader(path, next.value);
    if (found !== undefined)
      return { path, bytes, header: found.header, delimiter: found.delimiter, pieces: rest(found) };
  }

  async function* rest({ piece }: { readonly piece: CsvPiece }): AsyncGenerator<CsvPiece> {
    yield piece;
    yield* pieces;
  }
}

/** The rows of a whole file, piece by piece. @throws Complaint as `readRows`. */
export async function* readFileRows(csv: CsvFile): AsyncGenerator<CsvRows> {
  for await (const piece of csv.pieces) yield readRows(csv, piece);
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Complaint('file', `${path} is not a file.`);
    return found.size;
  } catch (cause) {
    if (cause instanceof Complaint) throw cause;
    throw new Complaint('file', `${path} cannot be read: check the name and that you may read it.`, { cause });
  }
}

/** The text of a piece. @throws Complaint when it is not UTF-8. */
function decode(path: string, { bytes, line }: CsvPiece): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Complaint(
      'csv',
      `${path}, line ${line + linesBeforeFault(bytes)}: not UTF-8. Save the file as UTF-8, for example with "iconv -f WINDOWS-1252 -t UTF-8".`,
      { cause },
    );
  }
}

function linesBeforeFault(bytes: Uint8Array): number {
  const lenient = new TextDecoder('utf-8').decode(bytes);
  const fault = lenient.indexOf('\uFFFD');
  return lenient.slice(0, Math.max(0, fault)).split('\n').length - 1;
}

const complain = (path: string, line: number, sentence: string): Complaint =>
  new Complaint('csv', `${path}, line ${line}: ${sentence}`);

/** The header of the file whose first piece this is, and what of the piece follows it; undefined when there are only empty lines. */
function readHeader(
  path: string,
  piece: CsvPiece,
): { readonly header: readonly string[]; readonly delimiter: string; readonly piece: CsvPiece } | undefined {
  const text = decode(path, piece).replace(/^\uFEFF/, '');
  const rows = rowsOf(text, piece.line);
  for (let row = rows.next(); row.done !== true; row = rows.next()) {
    const { raw, line, end, endLine } = row.value;
    const delimiter = delimiterOf(raw);
    const names = valuesOf(path, raw, delimiter, line).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined)
      throw complain(path, line, `two columns are named "${twice}". Give each column a name of its own.`);
    const rest = { ...piece, bytes: new TextEncoder().encode(text.slice(end)), line: endLine };
    return { header: names, delimiter, piece: rest };
  }
  return undefined;
}

/**
 * Reads the rows of a piece.
 *
 * @throws Complaint naming the line and the column when it is not UTF-8 or not well-formed: an unclosed or stray quote, a row with more
 *   or fewer values than the header.
 */
export function readRows({ path, header, delimiter }: CsvShape, piece: CsvPiece): CsvRows {
  const rows: string[][] = [];
  const lines: number[] = [];
  for (const { raw, line } of rowsOf(decode(path, piece), piece.line)) {
    const values = valuesOf(path, raw, delimiter, line);
    if (values.length !== header.length) {
      throw complain(
        path,
        line,
        `${values.length} values where the header has ${header.length}. Quote values that hold the separator "${delimiter}", or add what is missing.`,
      );
    }
    rows.push(values);
    lines.push(line);
  }
  return { rows, lines };
}

interface RawRow {
  readonly raw: string;
  readonly line: number;
  /** Where the next row begins, in the text and in lines. */
  readonly end: number;
  readonly endLine: number;
}

/** The rows of a text that are not empty. */
function* rowsOf(text: string, line: number): Generator<RawRow> {
  const quotes = { next: text.indexOf('"') };
  for (let at = 0; at < text.length;) {
    const newline = endOfRow(text, at, quotes);
    const stop = newline < 0 ? text.length : newline;
    const raw = text.slice(at, text[stop - 1] === '\r' ? stop - 1 : stop);
    const endLine = line + 1 + (raw.includes('"') ? raw.split('\n').length - 1 : 0);
    at = stop + 1;
    if (raw !== '') yield { raw, line, end: at, endLine };
    line = endLine;
  }
}

const valuesOf = (path: string, raw: string, delimiter: string, line: number): string[] =>
  raw.includes('"')
    ? splitQuoted(raw, delimiter, (column, what) => complain(path, line, `column ${column}: ${what}`))
    : raw.split(delimiter);

/**
 * Index of the newline that ends the row at `at`, skipping those inside quotes; -1 when it is not there yet. `quotes` remembers where the
 * next quote is: looked for anew in each row, a file without quotes would be read once for every row.
 */
function endOfRow(text: string, at: number, quotes: { next: number }): number {
  let end = text.indexOf('\n', at);
  let isOpen = false;
  while (end >= 0) {
    while (quotes.next >= 0 && quotes.next < end) {
      if (quotes.next >= at) isOpen = !isOpen;
      quotes.next = text.indexOf('"', quotes.next + 1);
    }
    if (!isOpen) return end;
    end = text.indexOf('\n', end + 1);
  }
  return -1;
}

function delimiterOf(header: string): string {
  const counts = [',', ';', '\t', '|'].map((mark) => ({ mark, count: header.split(mark).length }));
  return counts.sort((a, b) => b.count - a.count)[0]?.mark ?? ',';
}

function splitQuoted(raw: string, delimiter: string, fail: (column: number, what: string) => Complaint): string[] {
  const values: string[] = [];
  let at = 0;
  for (;;) {
    if (raw[at] !== '"') {
      const end = raw.indexOf(delimiter, at);
      values.push(end < 0 ? raw.slice(at) : raw.slice(at, end));
      if (end < 0) return values;
      at = end + 1;
      continue;
    }
    let value = '';
    for (at++; ; at += 2) {
      const quote = raw.indexOf('"', at);
      if (quote < 0)
        throw fail(
          values.length + 1,
          'a quote is opened and not closed. Close it, or double it ("") when it belongs to the value.',
        );
      value += raw.slice(at, quote);
      at = quote;
      if (raw[quote + 1] !== '"') break;
      value += '"';
    }
    values.push(value);
    at++;
    if (at >= raw.length) return values;
    if (raw[at] !== delimiter)
      throw fail(values.length, 'text follows a closing quote. Double quotes that belong to the value ("").');
    at++;
  }
}
