import { readFileSync } from 'node:fs';

import {
  keyOfOrigin,
  parseSignerKey,
  parseVerifierKey,
  shardOfOrigin,
  type NoteSigner,
  type VerifierKey,
  type WitnessedLogs,
} from '@hie/transparency-log';
import { z } from 'zod';

const log = z.strictObject({
  verifierKeys: z
    .array(z.string())
    .min(1)
    .describe('Its keys in signed-note form, name+hash+key; the name of the first is the log’s origin.'),
  shards: z
    .boolean()
    .default(false)
    .describe('Whether it is a chain of half-yearly logs, each named below this origin and signed with the same keys.'),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where it serves its static files: its checkpoint tells whether this witness’s record was put back.'),
});

/** The configuration of a witness: one JSON file. */
export const witnessConfigSchema = z.strictObject({
  host: z.string().default('127.0.0.1').describe('The address that it listens on.'),
  port: z.int().min(0).max(65_535).describe('The port that it listens on, 0 for a free one.'),
  tls: z
    .strictObject({ certPath: z.string(), keyPath: z.string() })
    .optional()
    .describe('Its certificate and key, PEM. Without them it speaks HTTP, for a proxy in front of it.'),
  keyFile: z.string().describe('Its private keys, a line each, as `new-key` writes them. One name; one or two types.'),
  folder: z.string().describe('Where it keeps what it has cosigned: a disk of its own, not restored from backups.'),
  logs: z.array(log).min(1).describe('The logs that it watches.'),
});

export type WitnessConfig = z.infer<typeof witnessConfigSchema>;

/** What is wrong with a configuration; names of settings, never values. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly faults: readonly string[]) {
    super('The configuration is not usable.');
  }
}

/** @throws ConfigurationError naming every fault. */
export function readConfig(path: string): WitnessConfig {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ConfigurationError([cause instanceof SyntaxError ? 'the file is not JSON' : 'the file can’t be read']);
  }
  const parsed = witnessConfigSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(parsed.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`));
}

/** @throws ConfigurationError unless there are one or two cosignature keys, of one name and different types. */
export function readSigners({ keyFile }: Pick<WitnessConfig, 'keyFile'>): readonly NoteSigner[] {
  const lines = attempt('keyFile', () => readFileSync(keyFile, 'utf8').split('\n').filter(Boolean));
  const signers = lines.map((line) => attempt('keyFile', () => parseSignerKey(line)));
  const [names, types] = [new Set(signers.map(({ key }) => key.name)), new Set(signers.map(({ key }) => key.type))];
  if (names.size !== 1 || types.size !== signers.length || types.has('ed25519')) {
    throw new ConfigurationError(['keyFile: wants cosignature keys of one name, at most one of each type']);
  }
  return signers;
}

/** The logs by origin, those of a chain among them though nobody has named them. */
class WatchedLogs extends Map<string, readonly VerifierKey[]> {
  constructor(
    single: ReadonlyMap<string, readonly VerifierKey[]>,
    private readonly chains: ReadonlyMap<string, readonly VerifierKey[]>,
  ) {
    super();
    for (const [origin, keys] of single) this.set(origin, keys);
  }

  override get(origin: string): readonly VerifierKey[] | undefined {
    const chain = this.chains.get(shardOfOrigin(origin)?.base ?? '');
    return super.get(origin) ?? chain?.map((key) => keyOfOrigin(key, origin));
  }

  override has(origin: string): boolean {
    return this.get(origin) !== undefined;
  }
}

/** @throws ConfigurationError for a key that is none of a log, or keys of different origins in one log. */
export function readLogs({ logs }: Pick<WitnessConfig, 'logs'>): WitnessedLogs {
  const [single, chains] = [new Map<string, readonly VerifierKey[]>(), new Map<string, readonly VerifierKey[]>()];
  for (const [at, { verifierKeys, shards }] of logs.entries()) {
    const keys = verifierKeys.map((line) => attempt(`logs.${at}.verifierKeys`, () => parseVerifierKey(line)));
    const [first] = keys;
    if (first === undefined || keys.some(({ name, type }) => name !== first.name || type !== 'ed25519')) {
      throw new ConfigurationError([`logs.${at}.verifierKeys: wants Ed25519 keys of one origin`]);
    }
    (shards ? chains : single).set(first.name, keys);
  }
  return new WatchedLogs(single, chains);
}

function attempt<Result>(setting: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new ConfigurationError([`${setting}: ${code}`]);
  }
}
