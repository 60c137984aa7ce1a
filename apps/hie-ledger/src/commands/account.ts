import { createSecretKey, type KeyObject } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

import { LedgerEntryError, openAsPatient, parseLeaf } from '@hie/ledger-entry';
import {
  accountColumns,
  accountCsv,
  accountDisclosures,
  comparePlaces,
  type Disclosure,
  type EntryPlace,
  type PlacedEntry,
  placeText,
} from '@hie/ledger-report';
import {
  CHECKPOINT_PATH,
  leafHash,
  type LogReader,
  shardOfOrigin,
  type ShardVerdict,
  type Trust,
  verifyLog,
  verifyShards,
} from '@hie/transparency-log';

import { type Command } from '../command.js';
import { Complaint } from '../complaint.js';
import { Evidence } from '../evidence.js';
import { neighboursOf } from '../neighbours.js';
import {
  aloneOption,
  locationOptions,
  openReader,
  readGivenFile,
  readOptions,
  readTrust,
  trustOptions,
} from '../options.js';
import { droppedLine, faultLine, whereOf } from '../report.js';

const options = {
  ...locationOptions,
  ...trustOptions,
  ...aloneOption,
  patient: { type: 'string', multiple: true },
  csv: { type: 'string' },
} as const;

/** The columns that fit a terminal; all of them are in the CSV. */
const SHOWN = ['Date', 'Recipient', 'What', 'Sources', 'Why', 'Ledger entries'];

/**
 * To whom a patient's record was disclosed, from nothing but the static files and the patient's key: every entry that is the patient's opens,
 * and no other, so whoever reads every log of the chain has the whole list. Who was merged has a key for each id.
 */
export const account: Command = {
  usage:
    'account (--url URL | --dir DIR) --key KEY --patient FILE… [--csv FILE] [--witness KEY]… [--quorum N] [--alone]',

  async run(args, { print }) {
    const { values } = readOptions(args, options);
    if (values.patient === undefined) throw new Complaint('give the patient’s key with --patient');
    const patient = await Promise.all(values.patient.map(readPatientKey));
    const [reader, trust] = await Promise.all([openReader(values), readTrust(values)]);
    if ((await reader.read(CHECKPOINT_PATH)) === undefined)
      throw new Complaint('there is no checkpoint: this is not a log, or an empty folder');

    const own: PlacedEntry[] = [];
    const onEntry = (place: Pick<EntryPlace, 'shard' | 'index'>, bytes: Uint8Array): void =>
      void own.push(...ownEntry(place, bytes, patient));
    const isAlone = values.alone === true || shardOfOrigin(trust.origin) === undefined;
    const { read, gone } = isAlone ? await readOne(reader, trust, onEntry) : await readChain(values, trust, onEntry);
    const disclosures = accountDisclosures(own.sort((a, b) => comparePlaces(a.place, b.place)));
    for (const line of table(disclosures)) print(line);
    for (const line of gone) print(line);
    const count = own.length.toLocaleString('en');
    print(`verified   ${read}, ${count} of them the patient’s, ${disclosures.length} disclosure(s)`);
    if (values.csv !== undefined) await writeFile(values.csv, accountCsv(disclosures));
    return 0;
  },
};

/** What was read, in words; and what can't be read any more, a line each. */
interface Read {
  readonly read: string;
  readonly gone: readonly string[];
}

type OnEntry = (place: Pick<EntryPlace, 'shard' | 'index'>, bytes: Uint8Array) => void;

const PROVES_NOTHING = 'an accounting from this log proves nothing';

/** @returns what was read. @throws Evidence when the log is not whole. */
async function readOne(reader: LogReader, trust: Trust, onEntry: OnEntry): Promise<Read> {
  const shard = shardOfOrigin(trust.origin)?.name;
  const place = shard === undefined ? {} : { shard };
  const verdict = await verifyLog(reader, trust, { onEntry: (index, bytes) => onEntry({ ...place, index }, bytes) });
  if (verdict.kind === 'verified') return { read: `${verdict.checkpoint.size.toLocaleString('en')} entries`, gone: [] };
  throw new Evidence(`TAMPERED   ${verdict.fault.reason}${whereOf(verdict.fault)}: ${PROVES_NOTHING}`);
}

/** @returns what was read. @throws Evidence when a shard is missing, not linked, or not whole: the list would be shorter and look the same. */
async function readChain(location: Parameters<typeof neighboursOf>[0], trust: Trust, onEntry: OnEntry): Promise<Read> {
  const { readerOf, offered } = neighboursOf(location);
  let shard = '';
  const shards = await verifyShards(trust, {
    ...{ readerOf, offered: await offered() },
    onShard: (name) => (shard = name),
    onEntry: (index, bytes) => onEntry({ shard, index }, bytes),
  });
  const faults = shards.flatMap(faultOf);
  if (faults.length > 0) throw new Evidence(`${faults.join('\n')}\n${PROVES_NOTHING}`);
  const there = shards.filter(({ verdict }) => verdict.kind === 'verified');
  const size = there.reduce((sum, { verdict }) => sum + (verdict.checkpoint?.size ?? 0), 0);
  const gone = shards.flatMap(({ name, verdict }) => (verdict.kind === 'dropped' ? [droppedLine(name, verdict)] : []));
  const read = `${size.toLocaleString('en')} entries of ${there.length} shard(s), ${there.map(({ name }) => name).join(', ')}`;
  return { read, gone };
}

function faultOf({ name, verdict, chain }: ShardVerdict): readonly string[] {
  if (chain === undefined && verdict.kind !== 'tampered') return [];
  return [faultLine(name, { chain, fault: verdict.kind === 'tampered' ? verdict.fault : undefined })];
}

function ownEntry(
  place: Pick<EntryPlace, 'shard' | 'index'>,
  bytes: Uint8Array,
  patient: readonly KeyObject[],
): readonly PlacedEntry[] {
  try {
    const leaf = parseLeaf(bytes);
    const entries = patient.flatMap((key) => openAsPatient(leaf, key) ?? []);
    return entries.map((entry) => ({ place: { ...place, leafHash: leafHash(bytes) }, entry }));
  } catch (error) {
    // An entry in a form of before or after this program: it may be the patient's, and can't be read.
    if (error instanceof LedgerEntryError)
      throw new Complaint(`entry ${placeText(place)} can’t be read (${error.code})`);
    throw error;
  }
}

function table(disclosures: readonly Disclosure[]): readonly string[] {
  const columns = accountColumns.filter(({ title }) => SHOWN.includes(title));
  const rows = [
    columns.map(({ title }) => title),
    ...disclosures.map((disclosure) => columns.map(({ of }) => of(disclosure))),
  ];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

async function readPatientKey(path: string): Promise<KeyObject> {
  const key = Buffer.from((await readGivenFile(path)).toString().trim(), 'base64url');
  if (key.length !== 32) throw new Complaint(`${path} does not hold a patient’s key: 32 bytes in base64url`);
  return createSecretKey(key);
}
