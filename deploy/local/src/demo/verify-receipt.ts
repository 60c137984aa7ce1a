import { readFileSync } from 'node:fs';

import { isCommittedTo, parseLeaf } from '@hie/ledger-entry';
import {
  HEAD_PATH,
  isIncluded,
  leafHash,
  logProofs,
  openCheckpoint,
  parseVerifierKey,
  type Trust,
  trustOfShard,
} from '@hie/transparency-log';
import { Agent } from 'undici';

import type { ComposedExchange } from '../exchange/start-exchange.js';
import type { ShownReceipt } from './ask-on-arrival.js';
import { logReader } from './log-reader.js';

/** What was checked of a receipt, step by step; all offline but for the sealed entry, which anybody can fetch. */
export interface Verification {
  readonly verified: boolean;
  readonly steps: readonly { readonly step: string; readonly ok: boolean }[];
}

type Described = Pick<ComposedExchange, 'description'>;

/**
 * Checks a receipt as its holder would: the ledger's signature on the checkpoint, the audit path from the entry's leaf to the signed
 * root, that the sealed entry in the public log is this leaf and was made for this answer, and that enough members' witnesses vouch
 * for the checkpoint that came with it.
 */
export async function verifyReceipt(exchange: Described, receipt: ShownReceipt): Promise<Verification> {
  const log = logOf(exchange, receipt);
  const leaf = await leafOf(exchange, log, receipt.index);
  const hash = leafHash(leaf ?? new Uint8Array());
  const checkpoint = attempt(() => openCheckpoint(receipt.checkpoint, log.trust));
  const path = receipt.proof.map((each) => Buffer.from(each, 'base64'));
  const opening = Buffer.from(receipt.opening, 'base64url');
  const steps = [
    { step: 'the checkpoint bears the ledger’s signature', ok: checkpoint !== undefined },
    {
      step: 'the sealed entry in the public log hashes to the receipt’s leaf',
      ok: Buffer.from(hash).toString('base64') === receipt.leafHash,
    },
    {
      step: 'the audit path leads from the leaf to the signed root',
      ok: checkpoint !== undefined && isIncluded({ index: receipt.index, leafHash: hash, ...checkpoint }, path),
    },
    {
      step: 'the entry is committed to this answer’s digest',
      ok: leaf !== undefined && isCommittedTo(parseLeaf(leaf), receipt.digest, opening),
    },
    ...vouched(exchange, log.trust, receipt),
  ];
  return { verified: steps.every(({ ok }) => ok), steps };
}

/** The half-yearly log that a receipt is of: where it is, and whom to believe of it. */
function logOf(
  { description: { ledger } }: Described,
  { shard }: ShownReceipt,
): { readonly url: string; readonly trust: Trust } {
  const key = parseVerifierKey(ledger.verifierKey);
  const trust = { origin: key.name, logKeys: [key] };
  if (shard === undefined) return { url: ledger.url, trust };
  return { url: new URL(`../${shard}/`, ledger.url).href, trust: trustOfShard(trust, shard) };
}

/** The leaf at an index of the public log; proven against the newest signed head. */
async function leafOf(
  { description }: Described,
  { url, trust }: ReturnType<typeof logOf>,
  index: number,
): Promise<Uint8Array | undefined> {
  const agent = new Agent({ connect: { ca: readFileSync(description.caCertificate, 'utf8') } });
  try {
    const reader = logReader(url, agent);
    const raw = await reader.read(HEAD_PATH);
    const head = attempt(() => openCheckpoint(raw ?? '', trust));
    return head === undefined || head.size <= index ? undefined : await logProofs(reader).entry(index, head);
  } finally {
    await agent.close();
  }
}

/** The newest cosigned checkpoint is as a rule a little older than the receipt; before the first one there is none. */
function vouched({ description: { ledger } }: Described, own: Trust, { cosigned }: ShownReceipt) {
  if (cosigned === undefined) return [];
  const witnesses = ledger.witnesses.map(({ verifierKey }) => parseVerifierKey(verifierKey));
  const trust = { ...own, witnesses, quorum: ledger.quorum };
  const checkpoint = attempt(() => openCheckpoint(cosigned, trust));
  const size = checkpoint === undefined ? 'it carries' : `its first ${checkpoint.size} entries`;
  return [
    {
      step: `${checkpoint?.cosigners.length ?? 0} of ${witnesses.length} members’ witnesses vouch for ${size}`,
      ok: checkpoint !== undefined,
    },
  ];
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
