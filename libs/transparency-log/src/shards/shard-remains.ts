// C2SP tlog-proof (https://c2sp.org/tlog-proof): what stays of a log whose entries are gone, beside its checkpoint.
import { TransparencyLogError } from '../failure.js';
import { type LogProofs } from '../log/log-proofs.js';
import { type LogReader, type StoredResource } from '../log/storage.js';
import { leafHash } from '../merkle/hash.js';
import { isIncluded } from '../merkle/inclusion-proof.js';
import { type OpenCheckpoint } from '../notes/open-checkpoint.js';
import { parseProofFile } from '../notes/proof-file.js';
import { isClosing, markOf, type ClosingMark, type ShardMark } from './shard-mark.js';

/** The entry that closes the shard, proven under the checkpoint it ended with. Its presence says that the rest was dropped. */
export const CLOSING_PATH = 'closing.tlog-proof';
/** The entry that opens it; a chain's first shard begins with somebody's entry, of which nothing stays. */
export const OPENING_PATH = 'opening.tlog-proof';

export const REMAINS_PATHS: readonly string[] = [CLOSING_PATH, OPENING_PATH];

/** The two ends of a shard that was dropped. */
export interface ShardRemains {
  readonly first: ShardMark | undefined;
  readonly closing: ClosingMark;
}

/**
 * Makes what stays of a shard while its entries are still there.
 *
 * @param head the last of a closed shard. @param hasOpening whether it goes on from another.
 * @throws TransparencyLogError when its tiles do not prove its ends.
 */
export async function makeRemains(
  proofs: LogProofs,
  head: OpenCheckpoint,
  hasOpening: boolean,
): Promise<readonly StoredResource[]> {
  const fileOf = async (path: string, index: number): Promise<StoredResource> => {
    const entry = await proofs.entry(index, head);
    return { path, bytes: Buffer.from(await proofs.proofFile(index, head, entry)) };
  };
  return Promise.all([...(hasOpening ? [fileOf(OPENING_PATH, 0)] : []), fileOf(CLOSING_PATH, head.size - 1)]);
}

/**
 * Reads what stays of a shard, and proves it under its checkpoint.
 *
 * @returns `undefined` where there is no closing proof: the shard was not dropped.
 * @throws TransparencyLogError `proof-malformed`, `inclusion-unproven`, `shard-chain-broken` when it does not end with a closing entry.
 */
export async function readRemains(reader: LogReader, head: OpenCheckpoint): Promise<ShardRemains | undefined> {
  const closing = await reader.read(CLOSING_PATH);
  if (closing === undefined) return undefined;
  const opening = await reader.read(OPENING_PATH);
  const last = markOf(provenIn(closing, head.size - 1, head));
  if (!isClosing(last)) throw new TransparencyLogError('shard-chain-broken', { size: head.size });
  return { first: opening && markOf(provenIn(opening, 0, head)), closing: last };
}

/** The checkpoint in the file is for strangers; here the shard's own is, which bears the signatures of today's keys. */
function provenIn(file: Uint8Array, index: number, head: OpenCheckpoint): Uint8Array {
  const { index: at, path, extra } = parseProofFile(Buffer.from(file).toString());
  if (extra === undefined || at !== index) throw new TransparencyLogError('proof-malformed', { index });
  if (!isIncluded({ index, size: head.size, root: head.root, leafHash: leafHash(extra) }, path)) {
    throw new TransparencyLogError('inclusion-unproven', { index, size: head.size });
  }
  return extra;
}
