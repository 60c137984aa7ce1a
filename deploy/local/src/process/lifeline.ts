import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const UNDO_WITHIN_MS = 15_000;
const WATCHDOG = fileURLToPath(new URL('../../watchdog.mjs', import.meta.url));

interface Watched {
  readonly signal: NodeJS.Signals;
  readonly workFolder: string | undefined;
}

/** Everything this process has started and what it would leave behind, as the watchdog knows it. */
const watched = new Map<number, Watched>();
const removable = new Set<string>();
const marker = `HIE_LIFELINE_${randomUUID().replaceAll('-', '')}`;
const undone = new Set<() => Promise<void>>();
let watchdog: ChildProcess | undefined;
let ending = false;

/**
 * The mark that children carry in their environment, so that the watchdog also finds one that left its group, or that
 * was started in the instant before this process was killed.
 */
export const lifelineMark: Readonly<Record<string, string>> = { [marker]: '1' };

function tell(message: Readonly<Record<string, unknown>>): void {
  watchdog ??= startWatchdog();
  watchdog.stdin?.write(`${JSON.stringify(message)}\n`);
}

function startWatchdog(): ChildProcess {
  // An environment of its own: the mark of an outer run would make the outer watchdog end this one in its work.
  const child = spawn(process.execPath, ['--max-old-space-size=32', WATCHDOG, marker], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // It must not keep this process alive, and a broken pipe is dealt with by `exit`.
  child.unref();
  (child.stdin as unknown as { unref?: () => void }).unref?.();
  child.stdin?.on('error', () => undefined);
  child.on('exit', () => {
    watchdog = undefined;
    if (watched.size + removable.size === 0) return;
    for (const [pid, how] of watched) tell({ watch: pid, ...how });
    for (const folder of removable) tell({ remove: folder });
  });
  return child;
}

/**
 * Has the watchdog end the group of `pid` with `signal`, then with SIGKILL, should this process be gone first.
 *
 * @param workFolder whoever works in this folder is ended with it.
 */
export function watchGroup(pid: number, signal: NodeJS.Signals, workFolder?: string): void {
  watched.set(pid, { signal, workFolder });
  tell({ watch: pid, signal, workFolder });
}

/** Says that the group of `pid` has ended. */
export function forgetGroup(pid: number): void {
  watched.delete(pid);
  tell({ forget: pid });
}

/** Has the watchdog remove a folder should this process be gone before it could itself. */
export function removeAtEnd(folder: string): void {
  removable.add(folder);
  tell({ remove: folder });
}

/** Says that the folder was removed, or is to be kept. */
export function keepFolder(folder: string): void {
  removable.delete(folder);
  tell({ keep: folder });
}

/**
 * Has something undone that is not on this machine (topics on somebody else's Kafka) when this process leaves before it could itself:
 * by a failure, or by Ctrl-C. A SIGKILL leaves it, for there is nobody then who could.
 *
 * @returns does it now; it is done once.
 */
export function undoAtEnd(undo: () => Promise<void>): () => Promise<void> {
  let doing: Promise<void> | undefined;
  const once = (): Promise<void> => (doing ??= undo().finally(() => undone.delete(once)));
  undone.add(once);
  return once;
}

/** Whether everything is being ended: nothing may be started any more. */
export function isEnding(): boolean {
  return ending;
}

/**
 * Ends every group that is still recorded, for a process that is about to leave: after an orderly stop there is none,
 * after one that was broken off in the middle it is what the watchdog would end a moment later.
 */
export async function endEverything(patienceMs = 5_000): Promise<void> {
  ending = true;
  const send = (pid: number, signal: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(-pid, signal);
    } catch {
      return false;
    }
  };
  for (const [pid, { signal }] of watched) send(pid, signal);
  const deadline = Date.now() + patienceMs;
  while (watched.size > 0 && Date.now() < deadline) await pause(20);
  for (const pid of watched.keys()) send(pid, 'SIGKILL');
  while (watched.size > 0 && Date.now() < deadline + 2_000) await pause(20);
  // Nobody uses any of it any more.
  const undoing = Promise.allSettled([...undone].map((undo) => undo()));
  await Promise.race([undoing, pause(UNDO_WITHIN_MS, undefined, { ref: false })]);
}

/** The watchdog's process id, once it was needed. */
export function watchdogPid(): number | undefined {
  return watchdog?.pid;
}
