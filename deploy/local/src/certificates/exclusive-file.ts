import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

let drafts = 0;
const draftOf = (path: string): string => `${path}.${process.pid}.${(drafts += 1)}`;

/**
 * Writes a file that must be the same for every process that wants it: the first one wins, and all get what is there.
 * Complete at once, whoever looks.
 *
 * @returns the content that is on disk.
 */
export function writeOnce(path: string, content: string, mode: number): string {
  const draft = draftOf(path);
  writeFileSync(draft, content, { mode });
  try {
    linkSync(draft, path);
    return content;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFileSync(path, 'utf8');
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Replaces a file as a whole: a reader sees the old content or the new. */
export function replaceFile(path: string, content: string, mode: number): void {
  const draft = draftOf(path);
  writeFileSync(draft, content, { mode });
  renameSync(draft, path);
}

/** The content of a file, or undefined where there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
