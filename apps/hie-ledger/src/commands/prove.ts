import { attests, isDropping, leafHash, markOf, openProofFile, TransparencyLogError } from '@hie/transparency-log';
import { writeFile } from 'node:fs/promises';

import { type Command, type Surroundings } from '../command.js';
import { Complaint } from '../complaint.js';
import { Evidence } from '../evidence.js';
import { findEvent } from '../find-event.js';
import { type GivenLog, openChain, openOne, type ReadLog, readPlace } from '../logs-of-chain.js';
import { aloneOption, locationOptions, readOptions, readTrust, trustOptions } from '../options.js';
import { faultLine } from '../report.js';

const options = {
  ...locationOptions,
  ...trustOptions,
  ...aloneOption,
  index: { type: 'string' },
  event: { type: 'string' },
  out: { type: 'string' },
} as const;

interface Found {
  readonly log: ReadLog;
  readonly index: number;
}

/**
 * Writes a `.tlog-proof` file for one entry, with the entry in it, so that it can be checked offline by whoever trusts the
 * log's key. An event is looked for in all logs of a chain, the newest first.
 */
export const prove: Command = {
  usage:
    'prove (--url URL | --dir DIR) --key KEY (--index [SHARD/]N | --event ID) [--out FILE] [--witness KEY]… [--quorum N] [--alone]',

  async run(args, { print, progress }) {
    const { values } = readOptions(args, options);
    if ((values.index === undefined) === (values.event === undefined))
      throw new Complaint('give either --index or --event');
    const given = { ...values, trust: await readTrust(values) };
    try {
      const found =
        values.event === undefined
          ? await placed(given, values.index as string)
          : await newestOf(values.alone === true ? [await openOne(given)] : await openChain(given), values.event, {
              print,
              ...(progress && { progress }),
            });
      if (found === undefined) return 1;
      const { log, index } = found;
      const entry = await log.proofs.entry(index, log.head);
      const file = await log.proofs.proofFile(index, log.head, entry);
      openProofFile(file, leafHash(entry), log.trust);
      const isOther = log.trust.origin !== given.trust.origin;
      const out = values.out ?? `${isOther ? `${log.shard ?? ''}-` : ''}${index}.tlog-proof`;
      await writeFile(out, file);
      const place = log.shard === undefined ? index : `${log.shard}/${index}`;
      print(`proven     entry ${place} of ${log.head.size}: ${out}`);
      return 0;
    } catch (failure) {
      if (!(failure instanceof TransparencyLogError)) throw failure;
      print(`TAMPERED   ${failure.code}${failure.place.resource ? `: ${failure.place.resource}` : ''}`);
      return 1;
    }
  },
};

async function placed(given: GivenLog, place: string): Promise<Found> {
  const { shard, index } = readPlace(place, '--index');
  const log = await openOne(given, shard);
  const { size } = log.head;
  if (index >= size) throw new Complaint(`the log has ${size} entries, the first of which is 0`);
  return { log, index };
}

/** @param logs oldest first. */
async function newestOf(
  logs: readonly ReadLog[],
  eventId: string,
  { print, progress }: Surroundings,
): Promise<Found | undefined> {
  const said: Found[] = [];
  for (const log of logs.toReversed().filter(({ isDropped }) => !isDropped)) {
    const onEntry = (index: number, entry: Uint8Array): void => {
      if (isDropping(markOf(entry))) said.push({ log, index });
    };
    const index = await findEvent(log.proofs, log.head, eventId, progress, onEntry);
    if (index !== undefined) return { log, index };
  }
  for (const log of logs.filter(({ isDropped }) => isDropped)) print(await attestationOf(log, logs, said));
  const there = logs.filter(({ isDropped }) => !isDropped);
  const size = there.reduce((sum, { head }) => sum + head.size, 0);
  print(
    `not found  no entry of the ${size}${logs.length > 1 ? ` of ${there.length} shards` : ''} speaks of event ${eventId}`,
  );
  return undefined;
}

/** Where the ledger says that a shard was dropped, proven. @throws Evidence when it does not. */
async function attestationOf(dropped: ReadLog, logs: readonly ReadLog[], said: readonly Found[]): Promise<string> {
  const { size, root, origin } = dropped.head;
  const at = logs.indexOf(dropped);
  const begin = logs.slice(0, at).reduce((sum, { head }) => sum + head.size, 0);
  for (const { log, index } of said) {
    const mark = markOf(await log.proofs.entry(index, log.head));
    if (isDropping(mark) && attests(mark, log.shard ?? '', { origin, begin, size, root })) {
      return `dropped    ${dropped.shard ?? ''}: ${size} entries, attested by entry ${log.shard ?? ''}/${index}`;
    }
  }
  const chain = { reason: 'shard-drop-unattested', neighbour: logs.at(-1)?.shard ?? '' } as const;
  throw new Evidence(faultLine(dropped.shard ?? '', { chain }));
}
