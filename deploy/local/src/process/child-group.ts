import { spawn, type SpawnOptions } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { dirname } from 'node:path';

import { LocalExchangeError } from '../local-exchange-error.js';
import { forgetGroup, isEnding, lifelineMark, watchGroup } from './lifeline.js';

/** How a process ended: by itself with a code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process and whatever it starts, as one group that is ended together. */
export interface ChildGroup {
  readonly pid: number;
  /** Resolves when the leader has ended; the rest of its group has then been ended too. Never rejects. */
  readonly exited: Promise<Exit>;
  /** Sends a signal to the whole group; false when nothing of it is left. */
  signal(signal: NodeJS.Signals): boolean;
}

export interface ChildGroupSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Standard output and error are appended here; without one they are this process's own. */
  readonly logFile?: string;
  /** Its standard input is a pipe that stays open for as long as this process lives, instead of an empty one. */
  readonly holdsStdin?: boolean;
  /**
   * Whoever works in this folder belongs to the group, in a process group of its own or not: PostgreSQL's backends
   * leave theirs, and one in the middle of a long query does not notice that its server is gone. Known on Linux.
   */
  readonly workFolder?: string;
  /** How the watchdog asks it to end. */
  readonly stopSignal?: NodeJS.Signals;
  /** The user it runs as, where this process may choose. */
  readonly runAs?: { readonly uid: number; readonly gid: number };
}

/**
 * Starts a process as the leader of its own group, known to the watchdog.
 *
 * Its own group: a Ctrl-C in the terminal reaches this process alone, which can then end its children in order.
 *
 * @throws LocalExchangeError `process-not-startable` when the command is missing or may not be run.
 */
export async function startGroup(spec: ChildGroupSpec): Promise<ChildGroup> {
  if (isEnding())
    throw new LocalExchangeError('process-not-startable', { command: spec.command, because: 'all is ending' });
  const output = spec.logFile === undefined ? 'inherit' : openLog(spec.logFile);
  const options: SpawnOptions = {
    detached: true,
    stdio: [spec.holdsStdin === true ? 'pipe' : 'ignore', output, output],
    env: { ...(spec.env ?? process.env), ...lifelineMark },
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
    ...(spec.runAs ?? {}),
  };
  const child = spawn(spec.command, [...spec.args], options);
  if (typeof output === 'number') closeSync(output);
  const { pid } = child;
  if (pid === undefined) {
    const cause = await new Promise<Error>((resolve) => child.once('error', resolve));
    throw new LocalExchangeError('process-not-startable', { command: spec.command }, { cause });
  }
  watchGroup(pid, spec.stopSignal ?? 'SIGTERM', spec.workFolder);
  child.on('error', () => undefined);
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      signalGroup(pid, 'SIGKILL');
      if (spec.workFolder !== undefined) endWorkersIn(spec.workFolder);
      forgetGroup(pid);
      resolve({ code, signal });
    });
  });
  return { pid, exited, signal: (signal) => signalGroup(pid, signal) };
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  return openSync(file, 'a', 0o600);
}

function endWorkersIn(folder: string): void {
  if (process.platform !== 'linux') return;
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name) && workFolderOf(name) === folder) process.kill(Number(name), 'SIGKILL');
  }
}

/** Undefined for a process that has ended meanwhile, or is somebody else's. */
function workFolderOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
