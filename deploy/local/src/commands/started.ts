import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';

import { type Exchange, loadStartExchange } from '../exchange-seam.js';
import { startInfrastructure } from '../infrastructure.js';
import { LocalExchangeError } from '../local-exchange-error.js';
import { openRun } from '../run/run-folder.js';

/** A running exchange with all that it stands on. */
export interface Started {
  readonly exchange: Exchange;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly bundles?: string;
  readonly progress: (line: string) => void;
}

/** Starts infrastructure and services in a run folder of that name; on a failure nothing is left. */
export async function startAll(name: string, { bundles, progress }: StartOptions): Promise<Started> {
  const startExchange = await loadStartExchange();
  const run = openRun(name);
  try {
    const infrastructure = await startInfrastructure({
      run,
      onReady: (server, tookMs) => progress(`${server.padEnd(11)}ready (${(tookMs / 1000).toFixed(1)} s)`),
    });
    try {
      const exchange = await startExchange({
        run,
        infrastructure,
        onProgress: progress,
        ...(bundles === undefined ? {} : { bundles }),
      });
      const stop = async (): Promise<void> => {
        await exchange.stop();
        await infrastructure.stop();
        run.release();
      };
      return { exchange, stop };
    } catch (error) {
      await infrastructure.stop();
      throw error;
    }
  } catch (error) {
    run.release();
    throw error;
  }
}

/** A path as the user meant it: npm runs scripts in the project's root and keeps where the user was in `INIT_CWD`. */
export function fromWhereTyped(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}

/**
 * The folder of bundles that was named on the command line; known to be one before a minute's work, not after.
 *
 * @throws LocalExchangeError `bundles-unfit`
 */
export function bundlesFolder(typed: string): string {
  const folder = fromWhereTyped(typed);
  try {
    if (readdirSync(folder).some((name) => name.endsWith('.json'))) return folder;
  } catch (cause) {
    throw new LocalExchangeError('bundles-unfit', { folder }, { cause });
  }
  throw new LocalExchangeError('bundles-unfit', { folder });
}

/** The options on a command line. @throws LocalExchangeError `usage` for an unknown one. */
export function readOptions<T extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw new LocalExchangeError(
      'usage',
      {
        options: Object.keys(options)
          .map((name) => `--${name}`)
          .join(' '),
      },
      { cause },
    );
  }
}
