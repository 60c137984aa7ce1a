import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

import {
  handOverFault,
  isClosing,
  openCheckpoint,
  type OpenCheckpoint,
  rootOfRun,
  sameBytes,
  type ShardEnds,
  shardOfOrigin,
  type Trust,
  TransparencyLogError,
} from '@hie/transparency-log';

import { type Command } from '../command.js';
import { Complaint } from '../complaint.js';
import { readOptions, readTrust, trustOptions } from '../options.js';
import { describeCheckpoint, trustOfCheckpoint } from '../report.js';
import { type ReadRun, readRuns } from '../run-file.js';

interface ProvenRun {
  readonly run: ReadRun;
  readonly checkpoint: OpenCheckpoint;
  readonly trust: Trust;
}

/**
 * Checks an export with nothing but the keys: every entry of the run is there, none was changed, added or left out. Where it goes on from one
 * half-yearly log to the next, the hand-over stands in it, as the last entry of the one and the first of the other.
 */
export const checkExport: Command = {
  usage: 'check-export FILE --key KEY [--witness KEY]… [--quorum N]',

  async run(args, { print }) {
    const { values, positionals } = readOptions(args, trustOptions, 1);
    const [trust, runs] = await Promise.all([readTrust(values), readFileRuns(positionals[0] as string)]);
    try {
      const proven: ProvenRun[] = [];
      for (const run of runs) {
        const checkpoint = provenUnder(run, trust);
        const fault =
          checkpoint === undefined ? 'the entries are not those of the log' : gapBefore(proven.at(-1), run, checkpoint);
        if (checkpoint === undefined || fault !== undefined) {
          print(`NOT PROVEN ${fault ?? ''}`);
          return 1;
        }
        proven.push({ run, checkpoint, trust: trustOfCheckpoint(checkpoint.raw, trust) });
      }
      for (const { run, checkpoint } of proven) {
        const [first, last] = [run.header.begin, run.header.begin + run.leaves.length - 1];
        print(`proven     entries ${first} to ${last}, all of them, as they are in the log`);
        for (const line of describeCheckpoint(checkpoint)) print(line);
      }
      return 0;
    } catch (failure) {
      if (!(failure instanceof TransparencyLogError)) throw failure;
      print(`NOT PROVEN ${failure.code}`);
      return 1;
    }
  },
};

function provenUnder({ header, leaves }: ReadRun, trust: Trust): OpenCheckpoint | undefined {
  const checkpoint = openCheckpoint(header.checkpoint, trustOfCheckpoint(header.checkpoint, trust));
  const proof = header.proof.map((hash) => Buffer.from(hash, 'base64'));
  const root = rootOfRun(header.begin, leaves, checkpoint.size, proof);
  return root !== undefined && sameBytes(root, checkpoint.root) ? checkpoint : undefined;
}

/** What is wrong between a run and the one before it; `undefined` where nothing was left out between them. */
function gapBefore(before: ProvenRun | undefined, run: ReadRun, checkpoint: OpenCheckpoint): string | undefined {
  if (before === undefined) return undefined;
  const { header, leaves } = before.run;
  if (header.begin + leaves.length !== before.checkpoint.size || run.header.begin !== 0)
    return 'entries between two of its runs were left out';
  const earlier = endsOf(before.run, before.checkpoint, before.trust);
  return handOverFault(earlier, endsOf(run, checkpoint, trustOfCheckpoint(checkpoint.raw, before.trust)));
}

function endsOf({ first, last }: ReadRun, checkpoint: OpenCheckpoint, trust: Trust): ShardEnds {
  const name = shardOfOrigin(checkpoint.origin)?.name ?? checkpoint.origin;
  const closing = isClosing(last) ? { mark: last, index: checkpoint.size - 1 } : undefined;
  return { name, trust, checkpoint, first, closing };
}

async function readFileRuns(path: string): Promise<readonly ReadRun[]> {
  try {
    return await readRuns(createInterface({ input: createReadStream(path), crlfDelay: Infinity }));
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw new Complaint(`can’t read ${path}: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`);
  }
}
