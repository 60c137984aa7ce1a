import {
  type DroppedVerdict,
  type LogVerdict,
  type ShardVerdict,
  shardOfOrigin,
  type Trust,
  verifyLog,
  type VerifyOptions,
  verifyShards,
} from '@hie/transparency-log';

import { type Command, type Surroundings } from '../command.js';
import { Complaint } from '../complaint.js';
import { vouchedForAt } from '../freshness.js';
import { keepCheckpoint, readKept } from '../kept-checkpoints.js';
import { neighboursOf } from '../neighbours.js';
import { locationOptions, openReader, readCount, readOptions, readTrust, trustOptions } from '../options.js';
import { describeCheckpoint, droppedLine, faultLine, whereOf } from '../report.js';

const options = {
  ...locationOptions,
  ...trustOptions,
  old: { type: 'string', multiple: true },
  keep: { type: 'string' },
  parallel: { type: 'string' },
  'fresh-within': { type: 'string' },
  json: { type: 'boolean' },
  alone: { type: 'boolean' },
} as const;

/**
 * Verifies every byte of a log against its signed checkpoint, and the checkpoint against those that were kept. A half-yearly log is followed
 * to those before and after it, each verified as a whole and held against its neighbours, unless it is to be verified alone.
 */
export const verify: Command = {
  usage:
    'verify (--url URL | --dir DIR) --key KEY [--old CHECKPOINT]… [--keep DIR] [--witness KEY]… [--quorum N] [--fresh-within SECONDS] [--parallel N] [--json] [--alone]',

  async run(args, surroundings) {
    const { values } = readOptions(args, options);
    const [reader, trust] = await Promise.all([openReader(values), readTrust(values)]);
    const freshWithin = readFreshness(values['fresh-within'], trust);
    const older = await readKept(values.old ?? [], values.keep, trust);
    const began = performance.now();
    const checks = {
      older,
      parallel: values.parallel === undefined ? 16 : Math.max(1, readCount(values.parallel, '--parallel')),
      ...onProgress(surroundings),
    };
    const shards = values.alone === true ? [] : await verifyChain(trust, values, checks);
    const own = shards.find(({ name }) => name === shardOfOrigin(trust.origin)?.name);
    const verdict = own?.verdict ?? (await verifyLog(reader, trust, checks));
    const seconds = (performance.now() - began) / 1000;
    surroundings.progress?.('');
    if (verdict.kind !== 'tampered' && values.keep !== undefined) await keepCheckpoint(values.keep, verdict.checkpoint);

    if (values.json === true)
      surroundings.print(JSON.stringify({ ...toJson(verdict), ...shardsJson(shards), seconds }));
    else for (const line of [...toLines(verdict, seconds), ...shards.map(shardLine)]) surroundings.print(line);
    if (verdict.kind === 'tampered' || shards.some(isAtFault)) return 1;
    const ageSeconds = Date.now() / 1000 - vouchedForAt(verdict.checkpoint.cosigners, trust.quorum ?? 0);
    if (freshWithin === undefined || ageSeconds <= freshWithin) return 0;
    surroundings.print(`STALE      the witnesses vouched for it ${Math.floor(ageSeconds)} s ago`);
    return 1;
  },
};

/** @returns nothing for a log that is no shard. */
async function verifyChain(
  trust: Trust,
  location: Parameters<typeof neighboursOf>[0],
  checks: VerifyOptions,
): Promise<readonly ShardVerdict[]> {
  if (shardOfOrigin(trust.origin) === undefined) return [];
  const { readerOf, offered } = neighboursOf(location);
  return verifyShards(trust, { ...checks, readerOf, offered: await offered() });
}

const isAtFault = ({ verdict, chain }: ShardVerdict): boolean => verdict.kind === 'tampered' || chain !== undefined;

function shardLine({ name, verdict, chain }: ShardVerdict): string {
  if (chain !== undefined) return faultLine(name, { chain });
  if (verdict.kind === 'tampered') return faultLine(name, verdict);
  if (verdict.kind === 'dropped') return droppedLine(name, verdict);
  return `shard      ${name}, ${verdict.checkpoint.size.toLocaleString('en')} entries`;
}

function shardsJson(shards: readonly ShardVerdict[]): object {
  if (shards.length === 0) return {};
  return {
    shards: shards.map(({ name, verdict, chain }) => ({
      ...{ name, kind: verdict.kind },
      ...(verdict.kind === 'dropped' && verdict.attestedBy && { attestedBy: verdict.attestedBy }),
      ...(chain && { chain }),
    })),
  };
}

function readFreshness(given: string | undefined, { quorum = 0 }: Trust): number | undefined {
  if (given === undefined) return undefined;
  if (quorum === 0) throw new Complaint('--fresh-within needs the witnesses whose clocks to go by: give --witness');
  return readCount(given, '--fresh-within');
}

function onProgress({ progress }: Surroundings) {
  return progress && { onProgress: (entries: number) => progress(`${entries.toLocaleString('en')} entries checked`) };
}

function toLines(verdict: LogVerdict | DroppedVerdict, seconds: number): readonly string[] {
  if (verdict.kind === 'tampered') {
    const signed = verdict.checkpoint ? describeCheckpoint(verdict.checkpoint) : [];
    return [`TAMPERED   ${verdict.fault.reason}${whereOf(verdict.fault)}`, ...signed];
  }
  if (verdict.kind === 'dropped') return describeCheckpoint(verdict.checkpoint);
  const { checkpoint, entryBytes, tiles, consistentWith } = verdict;
  const continued = consistentWith.length === 0 ? 'no older checkpoint was given' : consistentWith.join(', ');
  return [
    `verified   every one of ${checkpoint.size.toLocaleString('en')} entries, in ${seconds.toFixed(1)} s`,
    ...describeCheckpoint(checkpoint),
    `continues  ${continued}`,
    `read       ${entryBytes.toLocaleString('en')} bytes of entries, ${tiles.toLocaleString('en')} tiles`,
  ];
}

function toJson(verdict: LogVerdict | DroppedVerdict): object {
  if (verdict.kind === 'tampered') {
    return { kind: verdict.kind, fault: verdict.fault, checkpoint: verdict.checkpoint?.raw };
  }
  const { checkpoint, ...rest } = verdict;
  return {
    ...rest,
    origin: checkpoint.origin,
    size: checkpoint.size,
    cosigners: checkpoint.cosigners,
    checkpoint: checkpoint.raw,
  };
}
