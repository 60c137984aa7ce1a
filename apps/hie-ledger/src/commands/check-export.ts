import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

import { openCheckpoint, rootOfRun, sameBytes, TransparencyLogError } from '@hie/transparency-log';

import { type Command } from '../command.js';
import { Complaint } from '../complaint.js';
import { readOptions, readTrust, trustOptions } from '../options.js';
import { describeCheckpoint } from '../report.js';
import { type ReadRun, readRun } from '../run-file.js';

/** Checks an export with nothing but the keys: every entry of the run is there, none was changed, added or left out. */
export const checkExport: Command = {
  usage: 'check-export FILE --key KEY [--witness KEY]… [--quorum N]',

  async run(args, { print }) {
    const { values, positionals } = readOptions(args, trustOptions, 1);
    const [trust, { header, leaves }] = await Promise.all([readTrust(values), readFileRun(positionals[0] as string)]);
    try {
      const checkpoint = openCheckpoint(header.checkpoint, trust);
      const proof = header.proof.map((hash) => Buffer.from(hash, 'base64'));
      const root = rootOfRun(header.begin, leaves, checkpoint.size, proof);
      if (root === undefined || !sameBytes(root, checkpoint.root)) {
        print('NOT PROVEN the entries are not those of the log');
        return 1;
      }
      print(
        `proven     entries ${header.begin} to ${header.begin + leaves.length - 1}, all of them, as they are in the log`,
      );
      for (const line of describeCheckpoint(checkpoint)) print(line);
      return 0;
    } catch (failure) {
      if (!(failure instanceof TransparencyLogError)) throw failure;
      print(`NOT PROVEN ${failure.code}`);
      return 1;
    }
  },
};

async function readFileRun(path: string): Promise<ReadRun> {
  try {
    return await readRun(createInterface({ input: createReadStream(path), crlfDelay: Infinity }));
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw new Complaint(`can’t read ${path}: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`);
  }
}
