import { checkEvidence, type Evidence, placeText } from '@hie/ledger-report';
import { openCheckpoint } from '@hie/transparency-log';

import { type Command } from '../command.js';
import { Complaint } from '../complaint.js';
import { readGivenFile, readOptions, readTrust, trustOptions } from '../options.js';
import { describeCheckpoint, trustOfCheckpoint } from '../report.js';

/**
 * Checks the evidence of a case with nothing but the keys: each entry stands in the log, what is beside it opens it, and its AuditEvent says
 * what it says. No log, no network, no exchange.
 */
export const checkCaseEvidence: Command = {
  usage: 'check-evidence FILE --key KEY [--witness KEY]… [--quorum N]',

  async run(args, { print }) {
    const { values, positionals } = readOptions(args, trustOptions, 1);
    const [file, trust] = await Promise.all([readGivenFile(positionals[0] as string), readTrust(values)]);
    const evidence = read(file.toString());
    const open = (raw: string) => openCheckpoint(raw, trustOfCheckpoint(raw, trust));
    const verdicts = checkEvidence(evidence, open);
    for (const { entry, fault } of verdicts) {
      const said = entry.auditEvent.outcomeDesc ?? '';
      print(
        fault === undefined
          ? `proven     entry ${placeText(entry)}: ${entry.auditEvent.recorded ?? ''} ${said}`
          : `NOT PROVEN entry ${placeText(entry)}: ${fault}`,
      );
    }
    if (verdicts.some(({ fault }) => fault !== undefined)) return 1;
    for (const line of describeCheckpoint(open(evidence.checkpoint))) print(line);
    print(`transaction ${evidence.txn}${evidence.isComplete ? '' : ': it has more entries than are in the file'}`);
    return 0;
  },
};

/** @throws Complaint for a file that is no evidence of a case. */
function read(text: string): Evidence {
  let value: Partial<Evidence> | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    throw new Complaint('the file is not JSON');
  }
  const { txn, checkpoint, isComplete, entries } = value ?? {};
  const isEvidence = typeof txn === 'string' && typeof checkpoint === 'string' && typeof isComplete === 'boolean';
  if (!isEvidence || !Array.isArray(entries) || entries.length === 0 || !entries.every(isEntry))
    throw new Complaint('the file is not the evidence of a case');
  return value as Evidence;
}

function isEntry(value: unknown): boolean {
  const { index, leaf, leafHash, keys, proof, auditEvent } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const isText = [leaf, leafHash, (keys as { head?: unknown } | undefined)?.head].every(
    (each) => typeof each === 'string',
  );
  return isText && Number.isSafeInteger(index) && Array.isArray(proof) && typeof auditEvent === 'object';
}
