import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names one run of one process, so that a process id which has been given out again is not taken for it. */
export interface ProcessIdentity {
  readonly host: string;
  /** The kernel's id of this boot; empty where the system has none (only Linux does). */
  readonly boot: string;
  readonly pid: number;
  /** When the process started, in clock ticks since the boot; empty where the system does not say. */
  readonly startedTicks: string;
}

export function ownIdentity(): ProcessIdentity {
  return { host: hostname(), boot: bootId(), pid: process.pid, startedTicks: startedTicks(process.pid) };
}

/**
 * Whether that process may still be running. On another host nobody can tell from here, so the answer is yes; a
 * container counts as a host of its own.
 */
export function mayBeAlive(identity: ProcessIdentity): boolean {
  if (identity.host !== hostname()) return true;
  if (identity.boot !== bootId()) return false;
  if (!hasProcess(identity.pid)) return false;
  return identity.startedTicks === startedTicks(identity.pid);
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function bootId(): string {
  return readOrEmpty('/proc/sys/kernel/random/boot_id').trim();
}

/** proc(5): field 22 of `stat`; the second field, the command, may hold spaces but ends at the last parenthesis. */
function startedTicks(pid: number): string {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
