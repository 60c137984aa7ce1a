import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

import { readIfThere, writeOnce } from '../certificates/exclusive-file.js';
import { isRunning, type ProcessIdentity, processIdentity } from './process-identity.js';
import { runRoot } from './run-root.js';

const identity = z.object({ pid: z.number().int().positive(), started: z.string() });
const lockFile = (root: string): string => join(root, 'up.json');

/** The process that keeps the exchange up in this checkout, or undefined. */
export function whoIsUp(root = runRoot()): ProcessIdentity | undefined {
  const text = readIfThere(lockFile(root));
  const parsed = text === undefined ? undefined : identity.safeParse(JSON.parse(text)).data;
  return parsed !== undefined && isRunning(parsed) ? parsed : undefined;
}

/** Makes this process the one that keeps the exchange up; false when another is. */
export function takeUp(root = runRoot()): boolean {
  if (whoIsUp(root) !== undefined) return false;
  rmSync(lockFile(root), { force: true });
  const mine = JSON.stringify(processIdentity(process.pid));
  return writeOnce(lockFile(root), mine, 0o644) === mine;
}

/** Forgets who was up. */
export function giveUp(root = runRoot()): void {
  rmSync(lockFile(root), { force: true });
}
