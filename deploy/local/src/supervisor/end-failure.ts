import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

import { type LocalExchangeCode, LocalExchangeError } from '../local-exchange-error.js';
import { type Exit } from '../process/child-group.js';
import { type ProcessSpec } from './process-spec.js';

const TAIL_BYTES = 16_384;

const KNOWN: readonly (readonly [pattern: RegExp, code: LocalExchangeCode])[] = [
  [/EADDRINUSE|Address already in use|could not bind/i, 'port-taken'],
  [/ENOSPC|No space left on device/i, 'disk-full'],
];

/** What a log says about an end that a person can act on. Pure. */
export function reasonIn(log: string): LocalExchangeCode | undefined {
  return KNOWN.find(([pattern]) => pattern.test(log))?.[1];
}

/** The failure that a process's end is: by what its log says since `logStart`, else by the code given. */
export function endFailure(
  code: 'process-ended' | 'process-gave-up',
  { name, logFile }: ProcessSpec,
  exit: Exit,
  logStart: number,
): LocalExchangeError {
  const detail = {
    process: name,
    'exit code': exit.code ?? undefined,
    signal: exit.signal ?? undefined,
    log: logFile,
  };
  return new LocalExchangeError(reasonIn(tail(logFile, logStart)) ?? code, detail);
}

/** Bytes in a log so far; 0 where there is none yet. */
export function logSize(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function tail(file: string, start: number): string {
  if (logSize(file) <= start) return '';
  const descriptor = openSync(file, 'r');
  try {
    const from = Math.max(start, fstatSync(descriptor).size - TAIL_BYTES);
    const bytes = Buffer.alloc(TAIL_BYTES);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, TAIL_BYTES, from));
  } finally {
    closeSync(descriptor);
  }
}
