import { type Commit, type LogStorage, type StoredResource } from '@hie/transparency-log';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { directoryReader } from './directory-reader.js';
import { placeBelow, syncFolders, writeSynced } from './durable-files.js';
import { TileStorageError } from './failure.js';
import { gradualRemoval } from './gradual-removal.js';
import { acquireLease } from './writer-lease.js';

export interface DirectoryStorageOptions {
  /** Push aside a writer that may still be running; see `acquireLease`. `false` when absent. */
  readonly takeOver?: boolean;
}

/**
 * Keeps a log in a folder, in the layout that any web server can serve and any tlog-tiles verifier can read.
 *
 * A commit writes and syncs every file in a staging folder, renames tiles and bundles into place, syncs the folders they
 * are in, and only then renames the checkpoint over the old one and syncs its folder. Partial tiles that a commit has
 * superseded are removed with those after it, a few with each.
 *
 * @throws TileStorageError `held-by-another-writer`, `write-failed`, `read-failed`. A commit rejects with `fenced` once
 *   another writer has taken over, and with `write-failed` for whatever the operating system refuses.
 */
export async function directoryStorage(root: string, options: DirectoryStorageOptions = {}): Promise<LogStorage> {
  await createSynced(root);
  const lease = await acquireLease(root, options.takeOver ?? false);
  const placement = placeBelow(root);
  const removal = gradualRemoval(root);
  let staged = 0;

  const stage = (resources: readonly StoredResource[]) =>
    resources.map(({ path, bytes }) => ({ path, bytes, file: join(lease.staging, `${staged++}`) }));

  const place = async (files: ReturnType<typeof stage>): Promise<void> => {
    const placing = placement();
    for (const { path, file } of files) placing.place(file, path);
    await placing.sync();
  };

  const commit = async (change: Commit): Promise<void> => {
    const [resources, checkpoints] = [stage(change.resources), stage(change.checkpoints)];
    removal.goOn();
    await writeSynced([...resources, ...checkpoints].map(({ file, bytes }) => ({ path: file, bytes })));
    await place(resources);
    await place(checkpoints);
    removal.add(change.superseded);
  };

  return {
    ...directoryReader(root),
    commit: async (change) => {
      try {
        await commit(change);
      } catch (cause) {
        const code = (await lease.isFenced()) ? 'fenced' : 'write-failed';
        throw new TileStorageError(code, undefined, { cause });
      }
    },
    close: async () => {
      try {
        removal.finish();
      } finally {
        await lease.release();
      }
    },
  };
}

/** Creates a folder with those above it, and waits until their names are on the disk. */
async function createSynced(folder: string): Promise<void> {
  const topmost = await mkdir(folder, { recursive: true });
  if (topmost === undefined) return;
  const above: string[] = [];
  for (let created = resolve(folder); created !== dirname(resolve(topmost)); created = dirname(created)) {
    above.push(dirname(created));
  }
  await syncFolders(above);
}
