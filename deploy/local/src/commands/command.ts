import { appendFileSync, mkdirSync } from 'node:fs';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';

import { describeFailure, LocalExchangeError } from '../local-exchange-error.js';
import { endEverything } from '../process/lifeline.js';
import { runRoot } from '../run/run-root.js';

/** What a command is given. */
export interface CommandContext {
  readonly args: readonly string[];
  /** Aborted when the user, or whoever started the command, wants it to end. */
  readonly stop: AbortSignal;
  /** Resolves when `stop` is aborted. */
  readonly stopped: Promise<void>;
}

/** The command was asked to end before its work was done. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

const ORDERLY_END_MS = 30_000;
/** A terminal's Ctrl-C comes from the terminal and once more from npm: one within this is the same one. */
const SAME_WISH_MS = 1_000;

/**
 * The frame of a command: runs its work, turns failures into one sentence, and sees to it that nothing is left.
 *
 * Ctrl-C, SIGTERM and a closed terminal ask the work to end in order; a second Ctrl-C leaves at once. So does the end of
 * whoever started it, told by the pipe whose number is in `HIE_PARENT_PIPE`. Nothing of all this can keep a process
 * alive: what is still recorded is ended before this process leaves, and by the watchdog if it can't.
 *
 * @param work returns the exit code.
 */
export async function command(work: (context: CommandContext) => Promise<number>): Promise<never> {
  const controller = new AbortController();
  const stopped = new Promise<void>((resolve) => controller.signal.addEventListener('abort', () => resolve()));
  const signalCode = listenForEnd(controller);
  // A closed terminal must not turn the farewell into a crash.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);

  const working = work({ args: process.argv.slice(2), stop: controller.signal, stopped }).catch((error: unknown) =>
    error instanceof Stopped ? (signalCode() ?? 1) : explain(error),
  );
  const late = stopped.then(() => pause(ORDERLY_END_MS)).then(() => 1);
  const code = await Promise.race([working, late]);
  await endEverything();
  await flushed();
  process.exit(code);
}

/** The promise's value, or `Stopped` as soon as the command is asked to end: for what can't be asked itself. */
export async function unlessStopped<T>({ stop }: CommandContext, work: Promise<T>): Promise<T> {
  // Its own failure after that is nobody's any more.
  work.catch(() => undefined);
  const stopping = new Promise<never>((_resolve, reject) => {
    const refuse = (): void => reject(new Stopped());
    if (stop.aborted) refuse();
    else stop.addEventListener('abort', refuse, { once: true });
  });
  return Promise.race([work, stopping]);
}

function listenForEnd(controller: AbortController): () => number | undefined {
  let wishedAtMs: number | undefined;
  let code: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (wishedAtMs !== undefined && Date.now() - wishedAtMs > SAME_WISH_MS) process.exit(code);
      wishedAtMs ??= Date.now();
      code ??= 128 + constants.signals[signal];
      controller.abort();
    });
  }
  const pipe = Number(process.env['HIE_PARENT_PIPE']);
  if (pipe > 2) {
    delete process.env['HIE_PARENT_PIPE'];
    new Socket({ fd: pipe })
      .on('close', () => controller.abort())
      .on('error', () => controller.abort())
      .resume()
      .unref();
  }
  return () => code;
}

function explain(error: unknown): number {
  const known = error instanceof LocalExchangeError;
  // What led to it is for whoever mends it; the sentence is for whoever typed the command.
  const log = known && error.cause === undefined ? undefined : keepFailure(error);
  const sentence = known
    ? describeFailure(error)
    : `Something went wrong that nobody planned for: ${error instanceof Error ? error.message : String(error)}.`;
  process.stderr.write(`\n${sentence}${log === undefined ? '' : `\nWhat led to it is in ${log}.`}\n`);
  return 1;
}

/** Adds a failure with its stack and all its causes to `failures.log`. @returns the log's path. */
function keepFailure(error: unknown): string {
  const log = join(runRoot(), 'failures.log');
  mkdirSync(runRoot(), { recursive: true });
  appendFileSync(log, `${new Date().toISOString()} ${inspect(error, { depth: 6 })}\n`);
  return log;
}

const flushed = (): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, 500);
    process.stdout.write('', () => process.stderr.write('', () => (clearTimeout(timer), resolve())));
  });
