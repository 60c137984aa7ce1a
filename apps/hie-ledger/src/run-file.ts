import { type Hash, leafHash, markOf, type ShardMark } from '@hie/transparency-log';

import { Complaint } from './complaint.js';

/** The first line of a run; the entries follow in base64, one a line. */
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

/** One run of an export, its entries hashed as they are read: a file larger than memory is no difficulty. */
export interface ReadRun {
  readonly header: RunHeader;
  readonly leaves: readonly Hash[];
  /** What its first and last entry say of the chain of logs. */
  readonly first: ShardMark | undefined;
  readonly last: ShardMark | undefined;
}

/**
 * Reads an export: a run, or several of logs that follow each other, one behind the other as they would be alone.
 *
 * @throws Complaint for a file that is no export.
 */
export async function readRuns(lines: AsyncIterable<string>): Promise<readonly ReadRun[]> {
  const runs: { header: RunHeader; leaves: Hash[]; first: ShardMark | undefined; last: ShardMark | undefined }[] = [];
  for await (const line of lines) {
    const run = runs.at(-1);
    // No line in base64 begins with a brace.
    if (run === undefined || line.startsWith('{')) {
      runs.push({ header: headerOf(line), leaves: [], first: undefined, last: undefined });
      continue;
    }
    const entry = Buffer.from(line, 'base64');
    run.last = markOf(entry);
    if (run.leaves.length === 0) run.first = run.last;
    run.leaves.push(leafHash(entry));
  }
  if (runs.length === 0) throw new Complaint('the file is empty');
  return runs;
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
