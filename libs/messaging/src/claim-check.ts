// Claim Check (Hohpe & Woolf, Enterprise Integration Patterns): a large body is kept aside and the message holds the claim.
import { hash, randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { MessagingError } from './errors.js';
import { valueForm } from './payload-envelope.js';

/** Where large bodies lie, encrypted before they get here. A port: a directory here, S3 in a region. */
export interface ObjectStore {
  put(id: string, bytes: Buffer): Promise<void>;
  /** `undefined` when there is none (any more). */
  get(id: string): Promise<Buffer | undefined>;
  /** Removes what is older; a claim is worth nothing after its transaction. */
  sweep(olderThanMs: number): Promise<void>;
}

export function directoryObjectStore(directory: string): ObjectStore {
  const path = (id: string) => join(directory, id);
  return {
    async put(id, bytes) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const temporary = path(`.${id}`);
      await writeFile(temporary, bytes, { mode: 0o600 });
      await rename(temporary, path(id));
    },
    async get(id) {
      try {
        return await readFile(path(id));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async sweep(olderThanMs) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const before = Date.now() - olderThanMs;
      for (const name of await readdir(directory)) {
        const found = await stat(path(name)).catch(() => undefined);
        // Another instance may sweep the same file at the same time.
        if (found !== undefined && found.mtimeMs < before) await unlink(path(name)).catch(() => undefined);
      }
    },
  };
}

/** Puts a sealed value aside and returns the claim: its digest and where it lies. */
export async function checkIn(sealed: Buffer, store: ObjectStore): Promise<Buffer> {
  const id = randomUUID();
  await store.put(id, sealed);
  return Buffer.concat([Buffer.of(valueForm.claim), hash('sha256', sealed, 'buffer'), Buffer.from(id)]);
}

/** Fetches what a claim stands for. @throws MessagingError `claim-missing`, `body-unreadable` when it is not the same bytes. */
export async function checkOut(claim: Buffer, store: ObjectStore): Promise<Buffer> {
  const digest = claim.subarray(1, 33);
  const id = claim.subarray(33).toString();
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new MessagingError('body-unreadable');
  const sealed = await store.get(id);
  if (sealed === undefined) throw new MessagingError('claim-missing');
  if (!hash('sha256', sealed, 'buffer').equals(digest)) throw new MessagingError('body-unreadable');
  return sealed;
}
