import { directoryReader, httpReader } from '@hie/tile-storage';
import {
  type LogReader,
  parseVerifierKey,
  type Trust,
  TransparencyLogError,
  type VerifierKey,
} from '@hie/transparency-log';
import { readFile, stat } from 'node:fs/promises';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

import { Complaint } from './complaint.js';

/** Where a log is. */
export const locationOptions = {
  url: { type: 'string' },
  dir: { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;

/** Of a half-yearly log: leaves the others of its chain alone. */
export const aloneOption = { alone: { type: 'boolean' } } as const satisfies ParseArgsOptionsConfig;

/** Whom to believe. */
export const trustOptions = {
  key: { type: 'string', multiple: true },
  origin: { type: 'string' },
  witness: { type: 'string', multiple: true },
  quorum: { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;

/**
 * Reads the arguments of a command, of which `files` stand without an option.
 *
 * @throws Complaint for an option that it does not have, or too few or too many files.
 */
export function readOptions<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
  files = 0,
) {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    const given = parsed.positionals.length;
    if (given !== files) throw new Complaint(`takes ${files} file(s) without an option, not ${given}`);
    return parsed;
  } catch (error) {
    throw new Complaint(error instanceof Error ? error.message : String(error));
  }
}

interface Location {
  readonly url?: string | undefined;
  readonly dir?: string | undefined;
}

/** @throws Complaint unless there is exactly one of the two. */
export async function openReader({ url, dir }: Location): Promise<LogReader> {
  if ((url === undefined) === (dir === undefined)) throw new Complaint('give either --url or --dir');
  if (url !== undefined) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new Complaint('--url must be an http or https URL');
    return httpReader(url);
  }
  const found = await stat(dir as string).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new Complaint(`there is no folder ${dir as string}`);
  return directoryReader(dir as string);
}

interface TrustGiven {
  readonly key?: readonly string[] | undefined;
  readonly origin?: string | undefined;
  readonly witness?: readonly string[] | undefined;
  readonly quorum?: string | undefined;
}

/**
 * Builds the trust policy. The origin is the name of the log's first key unless it is given; the quorum is all witnesses
 * that are named.
 *
 * @throws Complaint.
 */
export async function readTrust({ key = [], origin, witness = [], quorum }: TrustGiven): Promise<Trust> {
  const logKeys = await Promise.all(key.map((given) => readKey(given, '--key', ['ed25519'])));
  const kinds = ['cosignature-ed25519', 'cosignature-ml-dsa-44'];
  const witnesses = await Promise.all(witness.map((given) => readKey(given, '--witness', kinds)));
  const [first] = logKeys;
  if (first === undefined) throw new Complaint('give the log’s verifier key with --key');
  const names = new Set(witnesses.map(({ name }) => name)).size;
  const needed = quorum === undefined ? names : readCount(quorum, '--quorum');
  if (needed > names) throw new Complaint(`--quorum ${needed} can’t be met by ${names} witness(es)`);
  return { origin: origin ?? first.name, logKeys, witnesses, quorum: needed };
}

/** @throws Complaint unless it is a whole number that is not negative. */
export function readCount(given: string, option: string): number {
  const count = Number(given);
  if (!/^\d+$/.test(given) || !Number.isSafeInteger(count)) throw new Complaint(`${option} must be a whole number`);
  return count;
}

/** @throws Complaint naming the file. */
export async function readGivenFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Complaint(`can’t read ${path}: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`);
  }
}

async function readKey(given: string, option: string, types: readonly string[]): Promise<VerifierKey> {
  const line = given.startsWith('@') ? (await readGivenFile(given.slice(1))).toString() : given;
  try {
    const key = parseVerifierKey(line);
    if (!types.includes(key.type))
      throw new Complaint(`${option} takes a key of type ${types.join(' or ')}, not ${key.type}`);
    return key;
  } catch (error) {
    if (error instanceof TransparencyLogError) throw new Complaint(`${option} is not a verifier key (${error.code})`);
    throw error;
  }
}
