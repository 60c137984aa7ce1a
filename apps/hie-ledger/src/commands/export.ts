import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

import { TransparencyLogError } from '@hie/transparency-log';

import { type Command } from '../command.js';
import { Complaint } from '../complaint.js';
import { openRun, type PlaceGiven, type ReadLog, readPlace } from '../logs-of-chain.js';
import { locationOptions, readOptions, readTrust, trustOptions } from '../options.js';
import { describeCheckpoint } from '../report.js';
import { RUN_FORMAT, type RunHeader } from '../run-file.js';

const options = {
  ...locationOptions,
  ...trustOptions,
  from: { type: 'string' },
  to: { type: 'string' },
  out: { type: 'string' },
} as const;

/** A part of the export that one log holds. */
interface Run {
  readonly log: ReadLog;
  readonly begin: number;
  readonly end: number;
}

/**
 * Writes a run of entries, with the proof that they are all there were, as one file that is checked offline. From one half-yearly log into
 * another it is a run of each, one behind the other: the hand-over is among their entries, and shows that nothing stood between.
 */
export const exportRun: Command = {
  usage:
    'export (--url URL | --dir DIR) --key KEY --from [SHARD/]N [--to [SHARD/]N] --out FILE [--witness KEY]… [--quorum N]',

  async run(args, { print }) {
    const { values } = readOptions(args, options);
    if (values.from === undefined || values.out === undefined) throw new Complaint('give --from and --out');
    const from = readPlace(values.from, '--from');
    const to = values.to === undefined ? undefined : readPlace(values.to, '--to');
    const trust = await readTrust(values);
    const draft = `${values.out}.part`;
    try {
      const runs = runsOf(await openRun({ ...values, trust }, from, to), from, to);
      await pipeline(() => linesOf(runs), createWriteStream(draft));
      await rename(draft, values.out);
      for (const { log, begin, end } of runs) {
        print(`exported   entries ${begin} to ${end - 1}: ${values.out}`);
        for (const line of describeCheckpoint(log.head)) print(line);
      }
      return 0;
    } catch (failure) {
      await rm(draft, { force: true });
      if (!(failure instanceof TransparencyLogError)) throw failure;
      print(`TAMPERED   ${failure.code}${failure.place.resource ? `: ${failure.place.resource}` : ''}`);
      return 1;
    }
  },
};

/** @param to where the last log's run ends, without that entry. */
function runsOf(logs: readonly ReadLog[], from: PlaceGiven, to: PlaceGiven | undefined): readonly Run[] {
  return logs.map((log, at) => {
    const { size } = log.head;
    const begin = at === 0 ? from.index : 0;
    const end = at === logs.length - 1 && to !== undefined ? to.index : size;
    if (begin < end && end <= size) return { log, begin, end };
    throw new Complaint(`the log${log.shard === undefined ? '' : ` ${log.shard}`} has ${size} entries, the first is 0`);
  });
}

async function* linesOf(runs: readonly Run[]): AsyncGenerator<string> {
  for (const { log, begin, end } of runs) {
    const proof = await log.proofs.run({ begin, end }, log.head);
    const base64 = proof.map((hash) => Buffer.from(hash).toString('base64'));
    const header: RunHeader = { format: RUN_FORMAT, begin, proof: base64, checkpoint: log.head.raw };
    yield `${JSON.stringify(header)}\n`;
    for await (const { entry } of log.proofs.entries(begin, end, log.head)) {
      yield `${Buffer.from(entry).toString('base64')}\n`;
    }
  }
}
