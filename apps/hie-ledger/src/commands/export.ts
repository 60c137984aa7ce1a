import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

import { CHECKPOINT_PATH, logProofs, openCheckpoint, TransparencyLogError } from '@hie/transparency-log';

import { type Command } from '../command.js';
import { Complaint } from '../complaint.js';
import { locationOptions, openReader, readCount, readOptions, readTrust, trustOptions } from '../options.js';
import { describeCheckpoint } from '../report.js';
import { RUN_FORMAT, type RunHeader } from '../run-file.js';

const options = {
  ...locationOptions,
  ...trustOptions,
  from: { type: 'string' },
  to: { type: 'string' },
  out: { type: 'string' },
} as const;

/** Writes a run of entries, with the proof that they are all there were, as one file that is checked offline. */
export const exportRun: Command = {
  usage: 'export (--url URL | --dir DIR) --key KEY --from N [--to N] --out FILE [--witness KEY]… [--quorum N]',

  async run(args, { print }) {
    const { values } = readOptions(args, options);
    if (values.from === undefined || values.out === undefined) throw new Complaint('give --from and --out');
    const [reader, trust] = await Promise.all([openReader(values), readTrust(values)]);
    const raw = await reader.read(CHECKPOINT_PATH);
    if (raw === undefined) throw new Complaint('there is no checkpoint: this is not a log, or an empty folder');
    const draft = `${values.out}.part`;
    try {
      const head = openCheckpoint(raw, trust);
      const begin = readCount(values.from, '--from');
      const end = values.to === undefined ? head.size : readCount(values.to, '--to');
      if (!(begin < end && end <= head.size)) throw new Complaint(`the log has ${head.size} entries, the first is 0`);
      const proofs = logProofs(reader);
      const proof = await proofs.run({ begin, end }, head);
      const base64 = proof.map((hash) => Buffer.from(hash).toString('base64'));
      const header: RunHeader = { format: RUN_FORMAT, begin, proof: base64, checkpoint: head.raw };
      await pipeline(async function* () {
        yield `${JSON.stringify(header)}\n`;
        for await (const { entry } of proofs.entries(begin, end, head)) {
          yield `${Buffer.from(entry).toString('base64')}\n`;
        }
      }, createWriteStream(draft));
      await rename(draft, values.out);
      print(`exported   entries ${begin} to ${end - 1}: ${values.out}`);
      for (const line of describeCheckpoint(head)) print(line);
      return 0;
    } catch (failure) {
      await rm(draft, { force: true });
      if (!(failure instanceof TransparencyLogError)) throw failure;
      print(`TAMPERED   ${failure.code}${failure.place.resource ? `: ${failure.place.resource}` : ''}`);
      return 1;
    }
  },
};
