import { openCheckpoint, type OpenCheckpoint, type Trust, TransparencyLogError } from '@hie/transparency-log';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Complaint } from './complaint.js';
import { readGivenFile } from './options.js';

const EXTENSION = '.checkpoint';

/**
 * Reads checkpoints that were kept, and makes sure that the log signed them: evidence that anybody could have made up
 * would accuse the log of nothing.
 *
 * @param files single files; `folder` one that {@link keepCheckpoint} writes to, which need not be there yet.
 * @throws Complaint naming the file that is no checkpoint of this log.
 */
export async function readKept(
  files: readonly string[],
  folder: string | undefined,
  trust: Trust,
): Promise<OpenCheckpoint[]> {
  const names = folder === undefined ? [] : await readdir(folder).catch(() => []);
  const kept = names.filter((name) => name.endsWith(EXTENSION)).map((name) => join(folder as string, name));
  return Promise.all([...files, ...kept].map((path) => readOne(path, trust)));
}

/** Keeps a checkpoint for the next time, under its size. Never overwrites one: two of one size would be evidence. */
export async function keepCheckpoint(folder: string, { size, raw }: OpenCheckpoint): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${String(size).padStart(12, '0')}${EXTENSION}`);
  await writeFile(path, raw, { flag: 'wx' }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
}

async function readOne(path: string, trust: Trust): Promise<OpenCheckpoint> {
  const raw = await readGivenFile(path);
  try {
    return openCheckpoint(raw, { origin: trust.origin, logKeys: trust.logKeys });
  } catch (error) {
    if (!(error instanceof TransparencyLogError)) throw error;
    throw new Complaint(`${path} is not a checkpoint that this log signed (${error.code})`);
  }
}
