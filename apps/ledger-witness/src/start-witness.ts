import { directoryStorage, httpReader } from '@hie/tile-storage';
import {
  formatVerifierKey,
  type LogReader,
  parseVerifierKey,
  shardAt,
  shardOfOrigin,
  shardOrigin,
  type TreeHead,
} from '@hie/transparency-log';

import { listen } from './listener.js';
import { comparePublished, type Comparison } from './published-checkpoint.js';
import { witnessRecords } from './records.js';
import { readLogs, readSigners, type WitnessConfig } from './witness.config.js';
import { witness, type WitnessEvent } from './witness.js';

/** Why a witness ends, or does not begin. */
export class WitnessError extends Error {
  override readonly name = 'WitnessError';

  constructor(
    /** It is seen to have vouched for a larger tree of this log than it remembers. */
    readonly code: 'record-rolled-back',
    readonly origin: string,
  ) {
    super(code);
  }
}

export interface RunningWitness {
  readonly url: string;
  readonly verifierKeys: readonly string[];
  /** Resolves when the witness must not go on, to the reason. */
  readonly failure: Promise<WitnessError>;
  stop(): Promise<void>;
}

const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`);

const COMPARE_WITHIN_MS = 3_000;

/**
 * Starts a witness. What each log publishes under its name is compared with its record at once where the log answers, and otherwise
 * before the first cosignature.
 *
 * @throws WitnessError `record-rolled-back`; ConfigurationError; TileStorageError `held-by-another-writer`; an Error of Node.js when the
 *   port is taken.
 */
export async function startWitness(
  config: WitnessConfig,
  tell: (event: WitnessEvent) => void,
): Promise<RunningWitness> {
  const [signers, logs] = [readSigners(config), readLogs(config)];
  // Of a chain the log of this half-year: the others are compared before the first cosignature.
  const begun = config.logs.map(({ verifierKeys, shards }) => {
    const { name } = parseVerifierKey(verifierKeys[0] ?? '');
    return shards ? shardOrigin(name, shardAt(Date.now())) : name;
  });
  const urls = new Map(config.logs.map(({ verifierKeys, url }) => [parseVerifierKey(verifierKeys[0] ?? '').name, url]));
  /** Where a log shows what it publishes; a shard does so below its chain's URL. */
  const readerOf = (origin: string): LogReader | undefined => {
    const shard = logs.has(origin) && !urls.has(origin) ? shardOfOrigin(origin) : undefined;
    const url = urls.get(shard?.base ?? origin);
    const at = shard === undefined || url === undefined ? url : new URL(`${shard.name}/`, withSlash(url)).href;
    return at === undefined ? undefined : httpReader(at, { timeoutMs: COMPARE_WITHIN_MS, attempts: 1 });
  };
  const records = witnessRecords(await directoryStorage(config.folder), logs);
  const forgotten = Promise.withResolvers<WitnessError>();

  const compare = async (origin: string, latest: TreeHead | undefined): Promise<Comparison> => {
    const reader = readerOf(origin);
    // Nobody to ask: its operator has chosen to rely on the disk alone.
    if (reader === undefined) return 'remembered';
    return comparePublished(reader, { origin, logKeys: logs.get(origin) ?? [] }, signers, latest);
  };
  try {
    for (const origin of begun) {
      if ((await compare(origin, await records.latest(origin))) === 'forgotten') {
        throw new WitnessError('record-rolled-back', origin);
      }
    }
    const addCheckpoint = witness({
      ...{ records, signers, logs, compare, tell },
      nowSeconds: () => Math.floor(Date.now() / 1000),
      onForgotten: (origin) => forgotten.resolve(new WitnessError('record-rolled-back', origin)),
    });
    const listener = await listen(config, addCheckpoint, tell);
    return {
      url: listener.url,
      verifierKeys: signers.map(({ key }) => formatVerifierKey(key)),
      failure: forgotten.promise,
      stop: async () => {
        await listener.close();
        await records.close();
      },
    };
  } catch (error) {
    await records.close();
    throw error;
  }
}
