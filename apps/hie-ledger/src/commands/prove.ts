import {
  CHECKPOINT_PATH,
  leafHash,
  logProofs,
  openCheckpoint,
  type OpenCheckpoint,
  openProofFile,
  TransparencyLogError,
} from '@hie/transparency-log';
import { writeFile } from 'node:fs/promises';

import { type Command } from '../command.js';
import { Complaint } from '../complaint.js';
import { findEvent } from '../find-event.js';
import { locationOptions, openReader, readCount, readOptions, readTrust, trustOptions } from '../options.js';

const options = {
  ...locationOptions,
  ...trustOptions,
  index: { type: 'string' },
  event: { type: 'string' },
  out: { type: 'string' },
} as const;

/**
 * Writes a `.tlog-proof` file for one entry, with the entry in it, so that it can be checked offline by whoever trusts the
 * log's key.
 */
export const prove: Command = {
  usage: 'prove (--url URL | --dir DIR) --key KEY (--index N | --event ID) [--out FILE] [--witness KEY]… [--quorum N]',

  async run(args, { print, progress }) {
    const { values } = readOptions(args, options);
    if ((values.index === undefined) === (values.event === undefined))
      throw new Complaint('give either --index or --event');
    const [reader, trust] = await Promise.all([openReader(values), readTrust(values)]);
    const raw = await reader.read(CHECKPOINT_PATH);
    if (raw === undefined) throw new Complaint('there is no checkpoint: this is not a log, or an empty folder');

    try {
      const head = openCheckpoint(raw, trust);
      const proofs = logProofs(reader);
      const index =
        values.event === undefined
          ? indexOf(values.index as string, head)
          : await findEvent(proofs, head, values.event, progress);
      if (index === undefined) {
        print(`not found  no entry of the ${head.size} speaks of event ${values.event as string}`);
        return 1;
      }
      const entry = await proofs.entry(index, head);
      const file = await proofs.proofFile(index, head, entry);
      openProofFile(file, leafHash(entry), trust);
      const out = values.out ?? `${index}.tlog-proof`;
      await writeFile(out, file);
      print(`proven     entry ${index} of ${head.size}: ${out}`);
      return 0;
    } catch (failure) {
      if (!(failure instanceof TransparencyLogError)) throw failure;
      print(`TAMPERED   ${failure.code}${failure.place.resource ? `: ${failure.place.resource}` : ''}`);
      return 1;
    }
  },
};

function indexOf(given: string, { size }: OpenCheckpoint): number {
  const index = readCount(given, '--index');
  if (index >= size) throw new Complaint(`the log has ${size} entries, the first of which is 0`);
  return index;
}
