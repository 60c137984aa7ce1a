import { checkEvidence, type Evidence, placeText } from '@hie/ledger-report';
import { openCheckpoint } from '@hie/transparency-log';

import { type Command } from '../command.js';
import { Complaint } from '../complaint.js';
import { readGivenFile, readOptions, readTrust, trustOptions } from '../options.js';
import { describeCheckpoint, trustOfCheckpoint } from '../report.js';
import { readServiceKeys } from '../service-keys.js';

const options = { ...trustOptions, services: { type: 'string' }, 'services-root': { type: 'string' } } as const;

/**
 * Checks the evidence of a case with nothing but the keys: each entry stands in the log, what is beside it opens it, and its AuditEvent says
 * what it says. With the keys of the services, each is the word of the one that it names. No log, no network, no exchange.
 */
export const checkCaseEvidence: Command = {
  usage: 'check-evidence FILE --key KEY [--witness KEY]… [--quorum N] [--services MANIFEST --services-root JWK]',

  async run(args, { print }) {
    const { values, positionals } = readOptions(args, options, 1);
    const services = await servicesIn(values);
    const [file, trust] = await Promise.all([readGivenFile(positionals[0] as string), readTrust(values)]);
    const evidence = read(file.toString());
    const open = (raw: string) => openCheckpoint(raw, trustOfCheckpoint(raw, trust));
    const verdicts = checkEvidence(evidence, open, services);
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
    if (services !== undefined) print('each entry is the word of the service that it names');
    print(`transaction ${evidence.txn}${evidence.isComplete ? '' : ': it has more entries than are in the file'}`);
    return 0;
  },
};

async function servicesIn(values: { readonly services?: string; readonly 'services-root'?: string }) {
  const { services, 'services-root': root } = values;
  if (services === undefined && root === undefined) return undefined;
  if (services === undefined || root === undefined)
    throw new Complaint('--services and --services-root go together: keys that nobody vouches for prove nothing');
  const [manifest, key] = await Promise.all([readGivenFile(services), readGivenFile(root)]);
  return readServiceKeys(manifest.toString(), key.toString());
}

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
