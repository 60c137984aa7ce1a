import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

import { Complaint } from '../complaint.js';

/** Rows of a CSV file (RFC 4180, also with `;`, tab or `|`), in batches. */
export interface CsvBatch {
  /** Values of each row, as many as the header has. */
  readonly rows: readonly (readonly string[])[];
  /** Line on which each row begins, from 1. */
  readonly lines: readonly number[];
  readonly bytesRead: number;
}

export interface CsvFile {
  readonly path: string;
  readonly header: readonly string[];
  readonly bytes: number;
  readonly batches: AsyncGenerator<CsvBatch>;
}

/**
 * Opens a CSV file and reads its header; the rows stream, however large the file.
 *
 * @throws Complaint naming the line and the column when the file is missing, empty, not UTF-8, or not well-formed: an unclosed or
 *   stray quote, a row with more or fewer values than the header, a column named twice.
 */
export async function openCsv(path: string): Promise<CsvFile> {
  const bytes = await sizeOf(path);
  const pieces = decode(path);
  const parser = createParser(path);
  const waiting: CsvBatch[] = [];
  let bytesRead = 0;
  let header: readonly string[] | undefined;
  while (header === undefined) {
    const next = await pieces.next();
    if (next.done === true) {
      waiting.push({ ...parser.finish(), bytesRead });
      header = parser.header();
      if (header === undefined)
        throw new Complaint('csv', `${path} is empty: it needs a first line with the names of the columns.`);
    } else {
      bytesRead += next.value.bytes;
      waiting.push({ ...parser.push(next.value.text), bytesRead });
      header = parser.header();
    }
  }
  return { path, header, bytes, batches: rest() };

  async function* rest(): AsyncGenerator<CsvBatch> {
    yield* waiting;
    for await (const { text, bytes: size } of pieces) {
      bytesRead += size;
      yield { ...parser.push(text), bytesRead };
    }
    yield { ...parser.finish(), bytesRead };
  }
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

async function* decode(path: string): AsyncGenerator<{ text: string; bytes: number }> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    try {
      yield { text: decoder.decode(chunk, { stream: true }), bytes: chunk.length };
    } catch (cause) {
      const at = line + linesBeforeFault(chunk);
      throw new Complaint(
        'csv',
        `${path}, line ${at}: not UTF-8. Save the file as UTF-8, for example with "iconv -f WINDOWS-1252 -t UTF-8".`,
        { cause },
      );
    }
    line += count(chunk, 10);
  }
}

function linesBeforeFault(chunk: Buffer): number {
  const lenient = new TextDecoder('utf-8').decode(chunk);
  const fault = lenient.indexOf('\uFFFD');
  return lenient.slice(0, Math.max(0, fault)).split('\n').length - 1;
}

function count(chunk: Buffer, byte: number): number {
  let found = 0;
  for (let at = chunk.indexOf(byte); at >= 0; at = chunk.indexOf(byte, at + 1)) found++;
  return found;
}

interface Rows {
  readonly rows: string[][];
  readonly lines: number[];
}

interface Parser {
  push(text: string): Rows;
  finish(): Rows;
  header(): readonly string[] | undefined;
}

function createParser(path: string): Parser {
  let pending = '';
  let line = 1;
  let header: string[] | undefined;
  let delimiter = ',';
  const fail = (at: number, sentence: string): Complaint => new Complaint('csv', `${path}, line ${at}: ${sentence}`);

  const take = (text: string, isLast: boolean): Rows => {
    const out: Rows = { rows: [], lines: [] };
    let at = 0;
    const quotes = { next: text.indexOf('"') };
    while (at < text.length) {
      const end = endOfRow(text, at, quotes);
      if (end < 0 && !isLast) break;
      const stop = end < 0 ? text.length : end;
      const raw = text.slice(at, text[stop - 1] === '\r' ? stop - 1 : stop);
      const began = line;
      line += 1 + (raw.includes('"') ? raw.split('\n').length - 1 : 0);
      at = stop + 1;
      if (raw === '') continue;
      if (header === undefined) delimiter = delimiterOf(raw);
      const values = raw.includes('"')
        ? splitQuoted(raw, delimiter, (column, what) => fail(began, `column ${column}: ${what}`))
        : raw.split(delimiter);
      if (header === undefined) header = readHeader(values, began);
      else if (values.length !== header.length) {
        throw fail(
          began,
          `${values.length} values where the header has ${header.length}. Quote values that hold the separator "${delimiter}", or add what is missing.`,
        );
      } else {
        out.rows.push(values);
        out.lines.push(began);
      }
    }
    pending = text.slice(at);
    return out;
  };

  const readHeader = (values: string[], at: number): string[] => {
    const names = values.map((name, i) =>
      (i === 0 ? name.replace(/^\uFEFF/, '') : name).trim().replace(/^"(.*)"$/, '$1'),
    );
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw fail(at, `two columns are named "${twice}". Give each column a name of its own.`);
    return names;
  };

  return {
    push: (text) => take(pending + text, false),
    finish: () => take(pending, true),
    header: () => header,
  };
}

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
