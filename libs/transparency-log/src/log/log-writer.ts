// C2SP tlog-tiles and tlog-checkpoint (https://c2sp.org/tlog-tiles, https://c2sp.org/tlog-checkpoint): a log's one writer.
import { TransparencyLogError } from '../failure.js';
import { rootOf } from '../merkle/frontier.js';
import { sameBytes } from '../merkle/hash.js';
import { addSignatures, readCheckpoint } from '../notes/checkpoint.js';
import { type NoteSigner } from '../notes/note-signer.js';
import { openCheckpoint, type OpenCheckpoint, signCheckpoint, type Trust } from '../notes/open-checkpoint.js';
import { MAX_ENTRY_BYTES } from '../tiles/entry-bundle.js';
import { CHECKPOINT_PATH } from '../tiles/tile-path.js';
import { growTree, type TreeTail } from './grow-tree.js';
import { grouped } from './grouped.js';
import { justWritten } from './just-written.js';
import { logProofs } from './log-proofs.js';
import { type Commit, type LogStorage, type StoredResource } from './storage.js';
import { type Appended, type TransparencyLog } from './transparency-log.js';
import { turns } from './turns.js';

export type Signers = readonly [NoteSigner, ...NoteSigner[]];

/** What a writer is made of. */
export interface WriterParts {
  readonly storage: LogStorage;
  /** All of them sign. */
  readonly signers: Signers;
  readonly trust: Trust;
  /** Where the newest head is stored: the path whose replacement commits. */
  readonly headPath: string;
  readonly maxBytesPerCommit: number;
}

/** Where a writer goes on from. */
export interface WriterState {
  readonly head: OpenCheckpoint;
  readonly published: OpenCheckpoint;
  readonly tail: TreeTail;
}

/** Writes a log on from a state that is durable already. */
export function logWriter(parts: WriterParts, start: WriterState): TransparencyLog {
  const { storage, headPath } = parts;
  let { signers, trust } = parts;
  const written = justWritten(storage);
  const proofs = logProofs(written.reader);
  const inTurn = turns();
  let { head, published, tail } = start;
  let closed: { readonly cause?: unknown } | undefined;

  const commit = async (change: Commit): Promise<void> => {
    try {
      await storage.commit(change);
    } catch (cause) {
      closed = { cause };
      throw new TransparencyLogError('commit-failed', { size: head.size }, { cause });
    }
  };

  const assertOpen = (): void => {
    if (closed !== undefined) throw new TransparencyLogError('log-closed', { size: head.size }, closed);
  };

  const appendGroup = async (group: readonly (readonly Uint8Array[])[]): Promise<readonly Appended[]> => {
    assertOpen();
    const { size: before } = head;
    const growth = growTree(tail, group.flat());
    if (growth.leafHashes.length > 0) {
      const next = await signHead({ signers, trust }, growth.tail);
      await commit({ ...growth, checkpoints: [stored(headPath, next)] });
      [head, tail] = [next, growth.tail];
      written.remember(growth.resources);
      if (headPath === CHECKPOINT_PATH) published = next;
    }
    let from = 0;
    return group.map(({ length }) => ({
      firstIndex: before + from,
      leafHashes: growth.leafHashes.slice(from, (from += length)),
      checkpoint: head,
    }));
  };

  const append = grouped(
    (group: readonly (readonly Uint8Array[])[]) => inTurn(() => appendGroup(group)),
    (entries) => entries.reduce((bytes, { length }) => bytes + length, 0),
    parts.maxBytesPerCommit,
  );

  const publish = async (cosigned: string): Promise<'published' | 'superseded'> => {
    assertOpen();
    const offered = openCheckpoint(cosigned, trust);
    if (offered.size < published.size) return 'superseded';
    const next = offered.size > published.size ? offered : merged(published, offered, trust);
    await proofs.consistency(next, head);
    await commit({ resources: [], checkpoints: [stored(CHECKPOINT_PATH, next)], superseded: [] });
    published = next;
    if (next.size === head.size && headPath === CHECKPOINT_PATH) head = next;
    return 'published';
  };

  const signWith = async (next: Signers): Promise<void> => {
    assertOpen();
    const known = new Map([...trust.logKeys, ...next.map(({ key }) => key)].map((key) => [key.keyId, key]));
    const signed = await signHead({ signers: next, trust }, tail);
    await commit({ resources: [], checkpoints: [stored(headPath, signed)], superseded: [] });
    [signers, trust, head] = [next, { ...trust, logKeys: [...known.values()] }, signed];
    if (headPath === CHECKPOINT_PATH) published = signed;
  };

  return {
    get head() {
      return head;
    },
    get published() {
      return published;
    },
    proofs,
    append: async (entries) => {
      if (entries.some(({ length }) => length > MAX_ENTRY_BYTES)) throw new TransparencyLogError('entry-too-large');
      return append(entries);
    },
    publish: (cosigned) => inTurn(() => publish(cosigned)),
    signWith: (...next) => inTurn(() => signWith(next)),
    close: () =>
      inTurn(async () => {
        closed ??= {};
        await storage.close();
      }),
  };
}

/**
 * Signs the head of a tree, and checks the signature: what a key service got wrong must not reach the disk.
 *
 * @throws TransparencyLogError `signing-failed`.
 */
export async function signHead(
  { signers, trust: { origin } }: Pick<WriterParts, 'signers' | 'trust'>,
  { frontier }: TreeTail,
): Promise<OpenCheckpoint> {
  const [signer, ...besides] = signers;
  const checkpoint = { origin, size: frontier.size, root: rootOf(frontier), extensions: [] };
  try {
    const raw = await signCheckpoint(checkpoint, signer, ...besides);
    return openCheckpoint(raw, { origin, logKeys: signers.map(({ key }) => key) });
  } catch (cause) {
    throw new TransparencyLogError('signing-failed', { size: frontier.size }, { cause });
  }
}

/** Two checkpoints of one size as one, with the signatures of both; of who signed both, as offered. Their roots are compared by the caller. */
function merged(published: OpenCheckpoint, offered: OpenCheckpoint, trust: Trust): OpenCheckpoint {
  if (!sameBytes(published.root, offered.root)) return offered;
  return openCheckpoint(addSignatures(published.raw, readCheckpoint(offered.raw).signatures), trust);
}

export function stored(path: string, { raw }: OpenCheckpoint): StoredResource {
  return { path, bytes: Buffer.from(raw) };
}
