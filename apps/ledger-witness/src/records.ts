import { createHash } from 'node:crypto';

import { openCheckpoint, type LogStorage, type OpenCheckpoint, type WitnessedLogs } from '@hie/transparency-log';

/** What a witness has to remember: for each log the last tree it vouched for, and what logs did that they never may. */
export interface WitnessRecords {
  latest(origin: string): Promise<OpenCheckpoint | undefined>;
  /** Durable when it resolves. */
  setLatest(origin: string, raw: string): Promise<void>;
  /** Keeps a request in which a log contradicts itself under its own signature. */
  keepEvidence(body: string): Promise<void>;
  close(): Promise<void>;
}

const idOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const latestPath = (origin: string): string => `${idOf(origin)}/latest`;

/**
 * Keeps them in a storage whose commits are durable and which lets in one writer alone (`directoryStorage`): two witnesses over one
 * folder could vouch for two histories.
 *
 * What is read back is checked like anything else: a record that the log did not sign is damage, and the witness that believed it
 * would vouch for whatever fits the damage.
 *
 * `latest` rejects with what `openCheckpoint` throws.
 */
export function witnessRecords(storage: LogStorage, logs: WitnessedLogs): WitnessRecords {
  return {
    latest: async (origin) => {
      const raw = await storage.read(latestPath(origin));
      return raw && openCheckpoint(raw, { origin, logKeys: logs.get(origin) ?? [] });
    },
    setLatest: (origin, raw) =>
      storage.commit({
        resources: [],
        checkpoints: [{ path: latestPath(origin), bytes: Buffer.from(raw) }],
        superseded: [],
      }),
    keepEvidence: (body) =>
      storage.commit({
        resources: [{ path: `evidence/${idOf(body)}`, bytes: Buffer.from(body) }],
        checkpoints: [],
        superseded: [],
      }),
    close: () => storage.close(),
  };
}
