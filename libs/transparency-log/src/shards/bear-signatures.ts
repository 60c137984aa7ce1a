// C2SP signed-note (https://c2sp.org/signed-note@v1.0.0): a closed log's checkpoint under a further key.
import { TransparencyLogError } from '../failure.js';
import { HEAD_PATH } from '../log/head-path.js';
import { type Signers, stored } from '../log/log-writer.js';
import { type Commit } from '../log/storage.js';
import { addSignatures, readCheckpoint } from '../notes/checkpoint.js';
import { openCheckpoint, type OpenCheckpoint } from '../notes/open-checkpoint.js';
import { CHECKPOINT_PATH } from '../tiles/tile-path.js';
import { type ShardStore } from './open-shards.js';
import { type Shard } from './read-shard.js';

/**
 * Adds to the checkpoints of a closed shard the signatures that they lack, as keys change. What they say and bear already stays.
 *
 * @param shard as it was found by keys that are believed, and published to its end: nothing is signed here that they have not.
 * @returns its head. @throws TransparencyLogError `signing-failed`, `commit-failed`; whatever the store throws.
 */
export async function bearSignatures(
  store: ShardStore,
  { name, head }: Pick<Shard, 'name' | 'head'>,
  signers: Signers,
): Promise<OpenCheckpoint> {
  const reader = store.read(name);
  const trust = { origin: head.origin, logKeys: signers.map(({ key }) => key) };
  const checkpoints = [];
  for (const path of [CHECKPOINT_PATH, HEAD_PATH]) {
    const found = await reader.read(path);
    if (found === undefined) continue;
    // A head of another size is one that was left behind: the log has ended since.
    const own = isOf(head, found) ? Buffer.from(found).toString() : head.raw;
    const signed = addSignatures(own, await signaturesBeside(own, signers, head.size));
    if (signed !== Buffer.from(found).toString()) checkpoints.push(stored(path, openCheckpoint(signed, trust)));
  }
  if (checkpoints.length > 0) await commit(store, name, { resources: [], checkpoints, superseded: [] });
  return { ...head, raw: addSignatures(head.raw, await signaturesBeside(head.raw, signers, head.size)) };
}

const isOf = (head: OpenCheckpoint, raw: Uint8Array): boolean =>
  readCheckpoint(raw).text === readCheckpoint(head.raw).text;

async function signaturesBeside(raw: string, signers: Signers, size: number) {
  const { text, signatures } = readCheckpoint(raw);
  const absent = signers.filter(({ key }) => !signatures.some(({ keyId }) => keyId === key.keyId));
  try {
    return await Promise.all(
      absent.map(async ({ key: { name, keyId }, sign }) => ({
        ...{ name, keyId },
        signature: await sign(Buffer.from(text)),
      })),
    );
  } catch (cause) {
    throw new TransparencyLogError('signing-failed', { size }, { cause });
  }
}

async function commit(store: ShardStore, name: string, change: Commit): Promise<void> {
  const storage = await store.write(name);
  try {
    await storage.commit(change);
  } catch (cause) {
    throw new TransparencyLogError('commit-failed', {}, { cause });
  } finally {
    await storage.close();
  }
}
