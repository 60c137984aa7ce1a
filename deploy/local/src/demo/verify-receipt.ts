import { createHash } from 'node:crypto';

import { isIncluded, leafHash, openCheckpoint, parseVerifierKey } from '@hie/transparency-log';

import type { ComposedExchange } from '../exchange/start-exchange.js';
import { LEDGER_ORIGIN } from '../exchange/service-processes.js';
import type { ShownReceipt } from './ask-on-arrival.js';
import type { ShownEntry } from './trace-hops.js';

/** What was checked of a receipt, step by step; all offline but for the entry itself. */
export interface Verification {
  readonly verified: boolean;
  readonly steps: readonly { readonly step: string; readonly ok: boolean }[];
}

/**
 * Checks a receipt as its holder would: the ledger's signature on the checkpoint, the audit path from the entry's leaf to the signed
 * root, that the entry speaks of the answer's digest, and that enough members' witnesses vouch for the checkpoint that came with it.
 */
export function verifyReceipt(
  exchange: Pick<ComposedExchange, 'description'>,
  receipt: ShownReceipt,
  entries: readonly ShownEntry[],
): Verification {
  const found = entries.find(({ index }) => index === receipt.index);
  const bytes = Buffer.from(JSON.stringify(sorted(found?.entry ?? {})));
  const leaf = leafHash(bytes);
  const key = parseVerifierKey(exchange.description.ledger.verifierKey);
  const checkpoint = attempt(() => openCheckpoint(receipt.checkpoint, { origin: LEDGER_ORIGIN, logKeys: [key] }));
  const path = receipt.proof.map((hash) => Buffer.from(hash, 'base64'));
  const steps = [
    { step: 'the checkpoint bears the ledger’s signature', ok: checkpoint !== undefined },
    { step: 'the entry hashes to the receipt’s leaf', ok: Buffer.from(leaf).toString('base64') === receipt.leafHash },
    {
      step: 'the audit path leads from the leaf to the signed root',
      ok: checkpoint !== undefined && isIncluded({ index: receipt.index, leafHash: leaf, ...checkpoint }, path),
    },
    { step: 'the entry speaks of this answer’s digest', ok: found?.entry.digest === receipt.digest },
    ...vouched(exchange, receipt),
  ];
  return { verified: steps.every(({ ok }) => ok), steps };
}

/** The newest cosigned checkpoint is as a rule a little older than the receipt; before the first one there is none. */
function vouched({ description: { ledger } }: Pick<ComposedExchange, 'description'>, { cosigned }: ShownReceipt) {
  if (cosigned === undefined) return [];
  const logKeys = [parseVerifierKey(ledger.verifierKey)];
  const witnesses = ledger.witnesses.map(({ verifierKey }) => parseVerifierKey(verifierKey));
  const trust = { origin: LEDGER_ORIGIN, logKeys, witnesses, quorum: ledger.quorum };
  const checkpoint = attempt(() => openCheckpoint(cosigned, trust));
  const size = checkpoint === undefined ? 'it carries' : `its first ${checkpoint.size} entries`;
  return [
    {
      step: `${checkpoint?.cosigners.length ?? 0} of ${witnesses.length} members’ witnesses vouch for ${size}`,
      ok: checkpoint !== undefined,
    },
  ];
}

/** SHA-256 (hex) of a text, for showing. */
export const shortDigest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, sorted(member)]));
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
