import { leafHash, openProofFile, parseProofFile, TransparencyLogError } from '@hie/transparency-log';

import { type Command } from '../command.js';
import { Complaint } from '../complaint.js';
import { readGivenFile, readOptions, readTrust, trustOptions } from '../options.js';
import { describeCheckpoint, describeEntry, trustOfCheckpoint } from '../report.js';

const options = {
  ...trustOptions,
  entry: { type: 'string' },
  'leaf-hash': { type: 'string' },
} as const;

/** Checks a `.tlog-proof` file with nothing but the keys: no log, no network. */
export const checkProof: Command = {
  usage: 'check-proof FILE --key KEY [--entry FILE | --leaf-hash BASE64] [--witness KEY]… [--quorum N]',

  async run(args, { print }) {
    const { values, positionals } = readOptions(args, options, 1);
    const path = positionals[0] as string;
    const [file, trust] = await Promise.all([readGivenFile(path), readTrust(values)]);
    try {
      const { extra, checkpoint: signed } = parseProofFile(file.toString());
      const entry = values.entry === undefined ? extra : await readGivenFile(values.entry);
      const hash =
        values['leaf-hash'] === undefined ? entry && leafHash(entry) : Buffer.from(values['leaf-hash'], 'base64');
      if (hash === undefined) {
        throw new Complaint('the proof file does not hold its entry: give it with --entry, or its --leaf-hash');
      }
      const { index, checkpoint } = openProofFile(file.toString(), hash, trustOfCheckpoint(signed, trust));
      print(`proven     entry ${index} is in the log`);
      for (const line of describeCheckpoint(checkpoint)) print(line);
      if (values['leaf-hash'] === undefined) print(`entry      ${describeEntry(entry as Uint8Array)}`);
      return 0;
    } catch (failure) {
      if (!(failure instanceof TransparencyLogError)) throw failure;
      print(`NOT PROVEN ${failure.code}`);
      return 1;
    }
  },
};
