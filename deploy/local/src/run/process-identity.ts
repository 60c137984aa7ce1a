import { readFileSync } from 'node:fs';

/** Tells one process from a later one that was given the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The kernel's start time in clock ticks; empty where there is no `/proc`. */
  readonly started: string;
}

/** The identity of a process that runs now, or undefined. One that has ended but was not yet collected does not run. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  if (process.platform !== 'linux') return { pid, started: '' };
  const stat = statOf(pid);
  return stat === undefined || stat.state === 'Z' ? undefined : { pid, started: stat.started };
}

/** Whether exactly that process still runs. */
export function isRunning({ pid, started }: ProcessIdentity): boolean {
  return processIdentity(pid)?.started === started;
}

/** proc_pid_stat(5): the name in parentheses may hold anything; state and start time are the 1st and 20th field after it. */
function statOf(pid: number): { state: string; started: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
