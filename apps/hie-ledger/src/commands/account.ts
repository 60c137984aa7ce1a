import { createSecretKey, type KeyObject } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

import { LedgerEntryError, openAsPatient, parseLeaf } from '@hie/ledger-entry';
import { accountColumns, accountCsv, accountDisclosures, type Disclosure, type PlacedEntry } from '@hie/ledger-report';
import { CHECKPOINT_PATH, leafHash, type LogVerdict, verifyLog } from '@hie/transparency-log';

import { type Command } from '../command.js';
import { Complaint } from '../complaint.js';
import { locationOptions, openReader, readGivenFile, readOptions, readTrust, trustOptions } from '../options.js';

const options = {
  ...locationOptions,
  ...trustOptions,
  patient: { type: 'string' },
  csv: { type: 'string' },
} as const;

/** The columns that fit a terminal; all of them are in the CSV. */
const SHOWN = ['Date', 'Recipient', 'Sources', 'Why', 'Ledger entries'];

/**
 * To whom a patient's record was disclosed, from nothing but the log's static files and the patient's key: every entry that is the
 * patient's opens, and no other, so whoever reads the whole log has the whole list.
 */
export const account: Command = {
  usage: 'account (--url URL | --dir DIR) --key KEY --patient FILE [--csv FILE] [--witness KEY]… [--quorum N]',

  async run(args, { print }) {
    const { values } = readOptions(args, options);
    if (values.patient === undefined) throw new Complaint('give the patient’s key with --patient');
    const patient = await readPatientKey(values.patient);
    const [reader, trust] = await Promise.all([openReader(values), readTrust(values)]);
    if ((await reader.read(CHECKPOINT_PATH)) === undefined)
      throw new Complaint('there is no checkpoint: this is not a log, or an empty folder');

    const own: PlacedEntry[] = [];
    const verdict = await verifyLog(reader, trust, {
      onEntry: (index, bytes) => own.push(...ownEntry(index, bytes, patient)),
    });
    if (verdict.kind !== 'verified') return tampered(verdict, print);
    const disclosures = accountDisclosures(own);
    for (const line of table(disclosures)) print(line);
    const [size, count] = [verdict.checkpoint.size, own.length].map((each) => each.toLocaleString('en'));
    print(`verified   ${size} entries, ${count} of them the patient’s, ${disclosures.length} disclosure(s)`);
    if (values.csv !== undefined) await writeFile(values.csv, accountCsv(disclosures));
    return 0;
  },
};

function ownEntry(index: number, bytes: Uint8Array, patient: KeyObject): readonly PlacedEntry[] {
  try {
    const entry = openAsPatient(parseLeaf(bytes), patient);
    return entry === undefined ? [] : [{ place: { index, leafHash: leafHash(bytes) }, entry }];
  } catch (error) {
    // An entry in a form of before or after this program: it may be the patient's, and can't be read.
    if (error instanceof LedgerEntryError) throw new Complaint(`entry ${index} can’t be read (${error.code})`);
    throw error;
  }
}

function tampered(verdict: Extract<LogVerdict, { kind: 'tampered' }>, print: (line: string) => void): 1 {
  print(`TAMPERED   ${verdict.fault.reason}: an accounting from this log proves nothing`);
  return 1;
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
