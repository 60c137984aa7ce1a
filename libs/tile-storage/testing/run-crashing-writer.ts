import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** A fault that strace puts into a running process. */
export interface InjectedFault {
  readonly syscall: string;
  /** As in strace(1), option `--inject`: `signal=SIGKILL`, `error=EIO`, `delay_enter=1000000`. */
  readonly effect: string;
  /** The n-th such call of each thread; `1+` for all. */
  readonly when: string;
}

/** What a writer said before it ended. */
export interface WriterHistory {
  readonly killed: boolean;
  readonly failures: readonly string[];
  /** Signed checkpoints that it was promised, oldest first. */
  readonly promised: readonly string[];
  /** The size that its last append asked for. */
  readonly asked: number;
}

/** @returns why faults cannot be injected here, or `undefined` when they can. */
export async function whyNoStrace(): Promise<string | undefined> {
  try {
    await promisify(execFile)('strace', ['-f', '-e', 'inject=getcwd:error=EIO', '-o', '/dev/null', 'true']);
    return undefined;
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === 'ENOENT'
      ? 'strace is not there'
      : `strace may not trace: ${String(failure)}`;
  }
}

/** Starts the writer, and waits until it is ready to begin. */
export async function startWriter(compiled: string, args: readonly string[]): Promise<ChildProcessWithoutNullStreams> {
  const writer = spawn(process.execPath, [join(compiled, 'crashing-writer.js'), ...args]);
  await Promise.race([
    once(writer.stdout, 'data'),
    once(writer, 'exit').then(() => Promise.reject(new Error('the writer died early'))),
  ]);
  return writer;
}

/** Attaches strace to a process; what it injects begins to count now. */
export async function inject(pid: number, { syscall, effect, when }: InjectedFault): Promise<void> {
  const strace = spawn('strace', [
    '-f',
    '-p',
    `${pid}`,
    '-o',
    '/dev/null',
    '-e',
    `trace=${syscall}`,
    '-e',
    `inject=${syscall}:${effect}:when=${when}`,
  ]);
  for await (const line of createInterface(strace.stderr)) if (line.includes('attached')) return;
  throw new Error('strace did not attach');
}

/** Lets a writer begin, and waits until it has ended in whatever way. */
export async function finishWriter(writer: ChildProcessWithoutNullStreams): Promise<WriterHistory> {
  let output = '';
  writer.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  writer.stdin.end('begin\n');
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'close');
  const lines = output
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' '));
  const after = (word: string) => lines.filter(([first]) => first === word).map(([, ...rest]) => rest);
  return {
    killed: !lines.some(([first]) => first === 'done'),
    failures: after('failed').map(([code]) => code as string),
    promised: after('appended').map(([raw]) => Buffer.from(raw as string, 'base64').toString()),
    asked: Number(after('append').at(-1)?.[1] ?? 0),
  };
}
