import { createWriteStream, rmSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';

import { Complaint } from '../complaint.js';

/** A file that is written under a name of its own and takes its final name only when it is whole. */
export interface CsvWriter {
  /** Writes one line; resolves when the stream wants more. */
  write(values: readonly (string | number)[]): Promise<void> | undefined;
  /** Syncs the file and gives it its final name. */
  commit(): Promise<void>;
  /** Throws away what was written. */
  discard(): Promise<void>;
}

const open_ = new Set<string>();
process.on('exit', () => {
  for (const path of open_) rmSync(path, { force: true });
});

/**
 * Begins a CSV file with its header line. Whatever happens before `commit`, the final name is untouched: half a file of links looks like
 * a whole one.
 *
 * @throws Complaint when the folder cannot be written.
 */
export async function createCsv(path: string, header: readonly string[]): Promise<CsvWriter> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await (await open(partial, 'w')).close();
  } catch (cause) {
    throw new Complaint('file', `${path} cannot be written: check the folder and that you may write there.`, { cause });
  }
  open_.add(partial);
  const stream = createWriteStream(partial, { highWaterMark: 1 << 20 });
  const failed = new Promise<never>((_, reject) => stream.on('error', reject));
  failed.catch(() => undefined);
  let buffer = lineOf(header);
  const flush = (): Promise<void> | undefined => {
    const text = buffer;
    buffer = '';
    if (stream.write(text)) return undefined;
    return Promise.race([new Promise<void>((resolve) => stream.once('drain', resolve)), failed]);
  };
  return {
    write: (values) => {
      buffer += lineOf(values);
      return buffer.length > 1 << 16 ? flush() : undefined;
    },
    commit: async () => {
      await flush();
      stream.end();
      await finished(stream);
      const handle = await open(partial, 'r+');
      await handle.sync();
      await handle.close();
      await rename(partial, path);
      open_.delete(partial);
    },
    discard: async () => {
      stream.destroy();
      await rm(partial, { force: true });
      open_.delete(partial);
    },
  };
}

function lineOf(values: readonly (string | number)[]): string {
  let line = '';
  for (let i = 0; i < values.length; i++) line += `${i === 0 ? '' : ','}${quote(values[i] as string | number)}`;
  return `${line}\n`;
}

function quote(value: string | number): string {
  if (typeof value === 'number') return String(value);
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
