import { mkdir, readFile, readdir, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { ObjectStore } from './claim-check.js';
import { hasExpired } from './claim-name.js';

/** Begins the name of a body that is not whole yet. */
const DRAFT = '.';

/** An object store in a folder that the services of one machine share. */
export function directoryObjectStore(directory: string): ObjectStore {
  const path = (name: string) => join(directory, name);
  return {
    async put(name, bytes) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const draft = path(`${DRAFT}${name}`);
      await writeFile(draft, bytes, { mode: 0o600 });
      await rename(draft, path(name));
    },
    async get(name) {
      try {
        return await readFile(path(name));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async sweep(nowMs) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const expired = (await readdir(directory)).filter((name) =>
        hasExpired(name.startsWith(DRAFT) ? name.slice(DRAFT.length) : name, nowMs),
      );
      for (const name of expired) await removeIfThere(path(name));
    },
  };
}

/** Another instance may sweep the same body at the same time. */
async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
