import { LocalExchangeError } from './local-exchange-error.js';
import { type Infrastructure } from './infrastructure.js';
import { type ExchangeDescription } from './run/exchange-file.js';
import { type RunFolder } from './run/run-folder.js';

/** What the services are started on, and with which data. */
export interface ExchangeOptions {
  readonly run: RunFolder;
  readonly infrastructure: Infrastructure;
  /** A folder of FHIR transaction bundles as Synthea writes them, instead of the generated population. */
  readonly bundles?: string;
  /** Hears one line a step, for a person. */
  readonly onProgress?: (line: string) => void;
}

/** Every service and every simulated hospital, running. */
export interface Exchange {
  /** What an outside client needs; written to `.run/exchange.json` by `npm run up`. */
  readonly description: ExchangeDescription;
  /** Resolves with the reason once a process is left down for good. */
  readonly failure: Promise<LocalExchangeError>;
  /** Ends the services; the infrastructure is ended by whoever started it. */
  stop(): Promise<void>;
}

/** `startExchange` of `src/exchange/start-exchange.ts`: which service runs with which environment. */
export type StartExchange = (options: ExchangeOptions) => Promise<Exchange>;

export interface DemoOptions {
  readonly print: (line: string) => void;
  readonly stop: AbortSignal;
}

/**
 * `tellStory` of `src/demo/tell-story.ts`: plays the arrival, prints it, and returns everything it showed, as JSON.
 * Rejects when what it has to show did not happen.
 */
export type TellStory = (exchange: Exchange, options: DemoOptions) => Promise<unknown>;

/** The composition, which lies beside this library's infrastructure. */
export const loadStartExchange = (): Promise<StartExchange> => load('exchange/start-exchange', 'startExchange');
export const loadTellStory = (): Promise<TellStory> => load('demo/tell-story', 'tellStory');

async function load<T>(module: string, name: string): Promise<T> {
  const url = new URL(`./${module}.js`, import.meta.url).href;
  try {
    const loaded = (await import(url)) as Readonly<Record<string, T>>;
    if (loaded[name] !== undefined) return loaded[name];
  } catch (cause) {
    const absent =
      (cause as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND' && String(cause).includes(url.slice(7));
    if (!absent) throw cause;
  }
  throw new LocalExchangeError('exchange-missing', { module: `src/${module}.ts` });
}
