import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { hasErrno, TileStorageError } from './failure.js';
import { mayBeAlive, ownIdentity, type ProcessIdentity } from './process-identity.js';

/** The right to write into a log's folder. */
export interface WriterLease {
  /** Where this writer, and no other, puts files before it renames them into place. */
  readonly staging: string;
  /** Whether another writer has taken over. */
  isFenced(): Promise<boolean>;
  release(): Promise<void>;
}

const LEASES = '.writer';
const OWNER = 'owner.json';

/**
 * Takes the right to write into a folder, from nobody or from a writer that is gone.
 *
 * A lease is a numbered folder, and the highest number has it. What makes it a fence and not just a sign on the door:
 * every file a writer stores is first written to `staging`, a folder with a name of its own inside its lease, and then
 * renamed into place. Whoever takes over creates the next number and removes all older staging folders before it reads
 * anything. `rmdir` succeeds only on an empty folder and nothing can be created in, or renamed out of, a folder that is
 * gone; so from then on every write and every rename of the older writer fails, even if it was stopped for an hour
 * between two system calls. No clock is involved. Needs a file system with POSIX semantics: a local one, not NFS.
 *
 * @param takeOver whether to push aside a writer that may still be running. For callers that know better than a process
 *   list: those who hold a database lock, or the operator.
 * @throws TileStorageError `held-by-another-writer`.
 */
export async function acquireLease(root: string, takeOver: boolean): Promise<WriterLease> {
  const leases = join(root, LEASES);
  await mkdir(leases, { recursive: true });
  for (;;) {
    const older = await listLeases(leases);
    for (const number of takeOver ? [] : older) {
      if (await mayBeHeld(join(leases, `${number}`))) throw new TileStorageError('held-by-another-writer');
    }
    const number = (older.at(-1) ?? 0) + 1;
    const lease = await createLease(leases, number);
    if (lease === undefined) continue;
    // Someone who listed before us may have created a higher number since: theirs it is.
    const all = await listLeases(leases);
    if (all.some((other) => other > number)) {
      await removeLease(join(leases, `${number}`));
      continue;
    }
    for (const other of all) if (other < number) await removeLease(join(leases, `${other}`));
    return lease;
  }
}

/** @returns `undefined` when somebody else has just created this number. */
async function createLease(leases: string, number: number): Promise<WriterLease | undefined> {
  const token = randomUUID();
  const draft = join(leases, `draft-${token}`);
  const lease = join(leases, `${number}`);
  await mkdir(join(draft, token), { recursive: true });
  await writeFile(join(draft, OWNER), JSON.stringify(ownIdentity()));
  try {
    await rename(draft, lease);
  } catch (error) {
    await rm(draft, { recursive: true });
    if (hasErrno(error, 'ENOTEMPTY', 'EEXIST')) return undefined;
    throw new TileStorageError('write-failed', LEASES, { cause: error });
  }
  const staging = join(lease, token);
  return {
    staging,
    isFenced: () => isMissing(staging),
    release: () => removeLease(lease),
  };
}

async function listLeases(leases: string): Promise<readonly number[]> {
  const names = await readdir(leases);
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

async function mayBeHeld(lease: string): Promise<boolean> {
  try {
    return mayBeAlive(JSON.parse(await readFile(join(lease, OWNER), 'utf8')) as ProcessIdentity);
  } catch (error) {
    // Without an owner it is being removed, or was when its remover died; half an owner is left by a loss of power.
    if (hasErrno(error, 'ENOENT', 'ENOTDIR') || error instanceof SyntaxError) return false;
    throw new TileStorageError('read-failed', LEASES, { cause: error });
  }
}

/** Empties and removes a folder and those in it, until nothing is left, however fast somebody else fills it. */
async function removeLease(folder: string): Promise<void> {
  for (;;) {
    try {
      for (const child of await readdir(folder, { withFileTypes: true })) {
        const path = join(folder, child.name);
        if (child.isDirectory()) await removeLease(path);
        else await unlink(path).catch(ignoreMissing);
      }
      return await rmdir(folder);
    } catch (error) {
      if (hasErrno(error, 'ENOENT')) return;
      if (!hasErrno(error, 'ENOTEMPTY', 'EEXIST')) throw new TileStorageError('write-failed', LEASES, { cause: error });
    }
  }
}

function ignoreMissing(error: unknown): void {
  if (!hasErrno(error, 'ENOENT')) throw error;
}

async function isMissing(path: string): Promise<boolean> {
  try {
    await stat(path);
    return false;
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return true;
    throw new TileStorageError('read-failed', LEASES, { cause: error });
  }
}
