import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

import { readIfThere, writeOnce } from '../certificates/exclusive-file.js';
import { keepFolder, removeAtEnd } from '../process/lifeline.js';
import { isRunning, type ProcessIdentity, processIdentity } from './process-identity.js';
import { runRoot } from './run-root.js';

/** Where one run keeps its state, below `.run` in the checkout. */
export interface RunFolder {
  readonly path: string;
  /** Logs, one a process; they stay until the next run of the same name. */
  readonly logs: string;
  /** The log of a process. */
  log(name: string): string;
  /** A folder of the run's own that only this user may enter, such as `kafka`; removed at its end. */
  folder(name: string): string;
  /** Removes everything but the logs, and lets another run have the name. */
  release(): void;
}

const owner = z.object({ pid: z.number().int().positive(), started: z.string(), run: z.string() });

/**
 * Takes `.run/<name>`, or `.run/<name>-2` and so on while other runs have it, and empties it. Runs in two checkouts, or
 * two in one, never share a folder; one that was killed gives its name back.
 */
export function openRun(name: string, root: string = runRoot()): RunFolder {
  for (let number = 1; ; number += 1) {
    const path = join(root, number === 1 ? name : `${name}-${number}`);
    const held = take(path);
    if (held !== undefined) return folderAt(path, held);
  }
}

/** The content of the lock once this run has it; undefined while another one that lives does. */
function take(path: string): string | undefined {
  mkdirSync(path, { recursive: true });
  const lock = join(path, 'run.pid');
  const mine = JSON.stringify({ ...processIdentity(process.pid), run: randomUUID() });
  for (;;) {
    const held = writeOnce(lock, mine, 0o644);
    if (held === mine) return mine;
    const holder = parseOwner(held);
    if (holder !== undefined && isRunning(holder)) return undefined;
    giveUp(lock, held);
  }
}

/** Takes a dead run's lock away; should another have renewed it in between, it gets it back. */
function giveUp(lock: string, held: string): void {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const taken = readFileSync(aside, 'utf8');
  if (taken !== held) writeOnce(lock, taken, 0o644);
  rmSync(aside, { force: true });
}

function parseOwner(text: string): ProcessIdentity | undefined {
  try {
    return owner.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function folderAt(path: string, held: string): RunFolder {
  const logs = join(path, 'logs');
  const lock = join(path, 'run.pid');
  const clear = (kept: readonly string[]): void => {
    for (const name of readdirSync(path)) {
      if (!kept.includes(name)) rmSync(join(path, name), { recursive: true, force: true, maxRetries: 5 });
    }
  };
  clear(['run.pid']);
  // Others may pass through (PostgreSQL runs as another user where this one is root), not look.
  chmodSync(path, 0o711);
  mkdirSync(logs, { mode: 0o700 });
  const made: string[] = [];
  return {
    path,
    logs,
    log: (name) => join(logs, `${name}.log`),
    folder: (name) => {
      const folder = join(path, name);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      removeAtEnd(folder);
      made.push(folder);
      return folder;
    },
    release: () => {
      if (readIfThere(lock) !== held) return;
      clear(['logs', 'run.pid']);
      made.forEach(keepFolder);
      rmSync(lock, { force: true });
    },
  };
}
