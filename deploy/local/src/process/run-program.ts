import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

import { LocalExchangeError } from '../local-exchange-error.js';
import { lifelineMark } from './lifeline.js';

export interface ProgramOptions {
  /** Its name in a failure. */
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly runAs?: { readonly uid: number; readonly gid: number };
}

/**
 * Runs a short program to its end: `initdb`, Kafka's formatter. What it prints is kept in the log only when it fails.
 *
 * @throws LocalExchangeError `disk-full`, else `process-ended` naming the log.
 */
export async function runProgram(command: string, args: readonly string[], options: ProgramOptions): Promise<void> {
  const { name, env, logFile, runAs } = options;
  await new Promise<void>((resolve, reject) => {
    const limits = {
      cwd: '/',
      env: { ...env, ...lifelineMark },
      maxBuffer: 16 * 2 ** 20,
      timeout: 120_000,
      killSignal: 'SIGKILL',
      ...runAs,
    } as const;
    execFile(command, [...args], limits, (cause, stdout, stderr) => {
      if (cause === null) return resolve();
      mkdirSync(dirname(logFile), { recursive: true });
      appendFileSync(logFile, `${stdout}${stderr}`);
      const code = /No space left on device/.test(stdout + stderr) ? 'disk-full' : 'process-ended';
      reject(
        new LocalExchangeError(code, { process: name, 'exit code': cause.code ?? undefined, log: logFile }, { cause }),
      );
    });
  });
}
