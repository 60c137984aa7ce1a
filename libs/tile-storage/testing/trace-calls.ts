import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A system call that succeeded, with when it began and ended: positions in the trace, comparable with each other. */
export interface TracedCall {
  readonly name: string;
  /** The arguments as strace prints them, the paths of file descriptors included. */
  readonly args: string;
  readonly began: number;
  readonly ended: number;
}

const WHOLE = /^(?<pid>\d+) +(?<name>\w+)\((?<args>.*)\) += (?<result>-?\d+)/;
const BEGUN = /^(?<pid>\d+) +(?<name>\w+)\((?<args>.*) <unfinished \.\.\.>$/;
const RESUMED = /^(?<pid>\d+) +<\.\.\. \w+ resumed>.*\) += (?<result>-?\d+)/;

/** Runs a program under strace and gives its system calls of these names, over all its threads, in the order they ended. */
export async function traceCalls(
  names: readonly string[],
  traceFile: string,
  program: readonly string[],
): Promise<TracedCall[]> {
  const strace = ['-f', '-y', '-s', '200', '-e', `trace=${names.join(',')}`, '-o', traceFile, ...program];
  const running = promisify(execFile)('strace', strace, { maxBuffer: 16 * 1024 * 1024 });
  running.child.stdin?.end('begin\n');
  await running;

  const calls: TracedCall[] = [];
  const begun = new Map<string, Omit<TracedCall, 'ended'>>();
  (await readFile(traceFile, 'utf8')).split('\n').forEach((line, at) => {
    const whole = WHOLE.exec(line)?.groups;
    const start = BEGUN.exec(line)?.groups;
    const end = RESUMED.exec(line)?.groups;
    const { pid = '', name = '', args = '', result = '' } = whole ?? start ?? end ?? {};
    if (start !== undefined) begun.set(pid, { name, args, began: at });
    const call = whole === undefined ? begun.get(pid) : { name, args, began: at };
    if (start === undefined && call !== undefined && Number(result) >= 0) calls.push({ ...call, ended: at });
  });
  return calls;
}
