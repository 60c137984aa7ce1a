import { type Hash, leafHash } from '@hie/transparency-log';

import { Complaint } from './complaint.js';

/** The first line of an export; the entries follow in base64, one a line. */
export interface RunHeader {
  readonly format: typeof RUN_FORMAT;
  /** Index of the first entry. */
  readonly begin: number;
  /** Hashes of everything beside the run, from left to right, base64. */
  readonly proof: readonly string[];
  /** Signed note, cosigned where the log is. */
  readonly checkpoint: string;
}

export const RUN_FORMAT = 'hie-ledger-run/1';

/** What an export holds, its entries hashed as they are read: a file larger than memory is no difficulty. */
export interface ReadRun {
  readonly header: RunHeader;
  readonly leaves: readonly Hash[];
}

/** @throws Complaint for a file that is no export. */
export async function readRun(lines: AsyncIterable<string>): Promise<ReadRun> {
  let header: RunHeader | undefined;
  const leaves: Hash[] = [];
  for await (const line of lines) {
    if (header === undefined) header = headerOf(line);
    else leaves.push(leafHash(Buffer.from(line, 'base64')));
  }
  if (header === undefined) throw new Complaint('the file is empty');
  return { header, leaves };
}

function headerOf(line: string): RunHeader {
  let value: Partial<RunHeader> | null;
  try {
    value = JSON.parse(line) as typeof value;
  } catch {
    throw new Complaint('the first line is not that of an export');
  }
  const { format, begin, proof, checkpoint } = value ?? {};
  const isHeader = format === RUN_FORMAT && Number.isSafeInteger(begin) && Array.isArray(proof);
  if (!isHeader || typeof checkpoint !== 'string') throw new Complaint('the first line is not that of an export');
  return value as RunHeader;
}
