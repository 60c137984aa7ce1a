// C2SP tlog-tiles and tlog-checkpoint (https://c2sp.org/tlog-tiles, https://c2sp.org/tlog-checkpoint): recovery of a log.
import { TransparencyLogError } from '../failure.js';
import { type TreeHead } from '../merkle/consistency-proof.js';
import { type NoteSigner } from '../notes/note-signer.js';
import { openCheckpoint, type OpenCheckpoint, type Trust } from '../notes/open-checkpoint.js';
import { type VerifierKey } from '../notes/verifier-key.js';
import { CHECKPOINT_PATH } from '../tiles/tile-path.js';
import { assertAtLeast } from './assert-at-least.js';
import { emptyTail } from './grow-tree.js';
import { HEAD_PATH } from './head-path.js';
import { logProofs } from './log-proofs.js';
import { logWriter, signHead, stored, type WriterParts } from './log-writer.js';
import { recoverTail } from './recover-tail.js';
import { type LogReader, type LogStorage } from './storage.js';
import { type TransparencyLog } from './transparency-log.js';

export interface LogOptions {
  /** The log's identity, which is also the first line of every checkpoint. */
  readonly origin: string;
  /** Holds the log's key, of type `ed25519`. */
  readonly signer: NoteSigner;
  /** Keys that sign beside it while keys change; see `TransparencyLog.signWith`. */
  readonly besides?: readonly NoteSigner[];
  /** Keys that signed for this log before a rotation, where the stored checkpoints may bear no other signature. */
  readonly formerKeys?: readonly VerifierKey[];
  /**
   * `at-once` (when absent) replaces `checkpoint` with every commit. `when-cosigned` keeps the newest head in `head` and
   * leaves `checkpoint` to `publish`, so that a verifier who demands a quorum always finds one.
   */
  readonly publication?: 'at-once' | 'when-cosigned';
  /**
   * The newest head that is known elsewhere (a database, a witness). A storage that has less, or something else, is an
   * old backup or an empty disk: to append to it would fork the log.
   */
  readonly atLeast?: TreeHead;
  /** How many bytes of entries one commit takes when several appends share it. 8 MiB when absent. */
  readonly maxBytesPerCommit?: number;
}

/**
 * Opens a log for writing, or begins one where the storage holds none.
 *
 * Recovers from whatever moment the last writer died in. The newest stored checkpoint is the truth; its right edge is
 * read and verified, and the checkpoint stored once more, since its writer may have died before it was durable. What an
 * unfinished commit left behind is never referred to, and overwritten when the tree gets there.
 *
 * @throws TransparencyLogError `tail-differs` and whatever else `recoverTail` throws; `log-rolled-back`; what
 *   `openCheckpoint` throws, when the stored checkpoint is another log's or another key's; `commit-failed`.
 */
export async function openLog(storage: LogStorage, options: LogOptions): Promise<TransparencyLog> {
  const { origin, formerKeys = [], publication = 'at-once', maxBytesPerCommit = 8 * 1024 * 1024 } = options;
  const signers = [options.signer, ...(options.besides ?? [])] as const;
  const trust: Trust = { origin, logKeys: [...signers.map(({ key }) => key), ...formerKeys] };
  const headPath = publication === 'at-once' ? CHECKPOINT_PATH : HEAD_PATH;
  const parts: WriterParts = { storage, signers, trust, headPath, maxBytesPerCommit };

  const [checkpoint, waiting] = await Promise.all([
    readTrusted(storage, CHECKPOINT_PATH, trust),
    readTrusted(storage, HEAD_PATH, trust),
  ]);
  const head = newerOf(checkpoint, waiting) ?? (await signHead(parts, emptyTail));
  const tail = await recoverTail(storage, head);
  if (options.atLeast !== undefined) await assertAtLeast(options.atLeast, head, logProofs(storage));

  const published = headPath === CHECKPOINT_PATH ? head : (checkpoint ?? head);
  const checkpoints = [stored(headPath, head)];
  if (headPath !== CHECKPOINT_PATH) checkpoints.push(stored(CHECKPOINT_PATH, published));
  try {
    await storage.commit({ resources: [], checkpoints, superseded: [] });
  } catch (cause) {
    throw new TransparencyLogError('commit-failed', { size: head.size }, { cause });
  }
  return logWriter(parts, { head, published, tail });
}

async function readTrusted(reader: LogReader, path: string, trust: Trust): Promise<OpenCheckpoint | undefined> {
  const raw = await reader.read(path);
  return raw && openCheckpoint(raw, trust);
}

/** The larger of the two; of two alike the published one, which may carry cosignatures. */
function newerOf(published?: OpenCheckpoint, waiting?: OpenCheckpoint): OpenCheckpoint | undefined {
  if (published === undefined || waiting === undefined) return published ?? waiting;
  return waiting.size > published.size ? waiting : published;
}
