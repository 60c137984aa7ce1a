import { type Commit, type LogStorage, type StoredResource } from '@hie/transparency-log';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { bounded } from './bounded.js';
import { directoryReader } from './directory-reader.js';
import { placeBelow, syncFolder, writeSynced } from './durable-files.js';
import { TileStorageError } from './failure.js';
import { acquireLease } from './writer-lease.js';

export interface DirectoryStorageOptions {
  /** Push aside a writer that may still be running; see `acquireLease`. `false` when absent. */
  readonly takeOver?: boolean;
}

/** More than the disk has use for, and far fewer than a process may open. */
const MAX_OPEN_FILES = 32;

/**
 * Keeps a log in a folder, in the layout that any web server can serve and any tlog-tiles verifier can read.
 *
 * A commit writes and syncs every file in a staging folder, renames tiles and bundles into place, syncs the folders they
 * are in, and only then renames the checkpoint over the old one and syncs its folder. Partial tiles that a commit has
 * superseded are removed with the next one.
 *
 * @throws TileStorageError `held-by-another-writer`, `write-failed`, `read-failed`. A commit rejects with `fenced` once
 *   another writer has taken over, and with `write-failed` for whatever the operating system refuses.
 */
export async function directoryStorage(root: string, options: DirectoryStorageOptions = {}): Promise<LogStorage> {
  await createSynced(root);
  const lease = await acquireLease(root, options.takeOver ?? false);
  const placement = placeBelow(root);
  let superseded: readonly string[] = [];
  let staged = 0;

  const stage = async ({ path, bytes }: StoredResource) => {
    const file = join(lease.staging, `${staged++}`);
    await writeSynced(file, bytes);
    return { path, file };
  };

  const placeAll = async (files: readonly { path: string; file: string }[], inOrder: boolean): Promise<void> => {
    const { place, sync } = placement();
    await bounded(files, inOrder ? 1 : MAX_OPEN_FILES, ({ path, file }) => place(file, path));
    await sync();
  };

  const commit = async (change: Commit): Promise<void> => {
    const [resources, checkpoints] = await Promise.all([
      bounded(change.resources, MAX_OPEN_FILES, stage),
      bounded(change.checkpoints, MAX_OPEN_FILES, stage),
      bounded(superseded, 1, (folder) => rm(join(root, folder), { recursive: true, force: true })),
    ]);
    await placeAll(resources, false);
    await placeAll(checkpoints, true);
    superseded = change.superseded;
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
    close: () => lease.release(),
  };
}

/** Creates a folder with those above it, and waits until their names are on the disk. */
async function createSynced(folder: string): Promise<void> {
  const topmost = await mkdir(folder, { recursive: true });
  if (topmost === undefined) return;
  for (let created = resolve(folder); ; created = dirname(created)) {
    await syncFolder(dirname(created));
    if (created === resolve(topmost)) return;
  }
}
