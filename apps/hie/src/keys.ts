import type { KeyObject } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import {
  type KeyVault,
  RotationRefused,
  type RotationStep,
  fileVault,
  readKeyFileAt,
  rotateEntries,
  rotateMaster,
  rotateWrapping,
  secretFileSeal,
  tokenVault,
  whyMasterStays,
  writeKeyFile,
} from '@hie/key-store';
import {
  CHECKPOINT_PATH,
  HEAD_PATH,
  compareShards,
  formatVerifierKey,
  isShardName,
  openCheckpoint,
  readCheckpoint,
  shardOfOrigin,
  shardOrigin,
  verifierKey,
} from '@hie/transparency-log';

import { CliError } from './cli-error.js';

export const KEYS_USAGE = `hie keys rotate SERVICE USE STEP [--log DIR] [--also FILE]…
                                         changes a key in the service's key file, which it reads while it runs
                                         USE    oidc, member-client, log, wrapping (of members' data keys; in the ledger, of patients' keys), or master
                                         STEP   publish, use, retire; wrapping has no use
                                         --log  the ledger's folder, for log
                                         --also key files of the service's other instances and replicas, for wrapping and master
                                         environment: the service's own KEY_FILE…, PKCS11_…`;

/** Curves by use; transaction tokens and seals change with the trust manifest, which its root signs (docs/adr/0182). */
const curves = { oidc: 'P-256', 'member-client': 'P-384', log: 'Ed25519' } as const;
const steps = ['publish', 'use', 'retire'] as const;

interface KeyFile {
  readonly master?: string | readonly string[];
  readonly wrapping?: readonly string[];
  readonly others?: Readonly<Record<string, unknown>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Options {
  readonly log?: string | undefined;
  readonly also?: readonly string[] | undefined;
}

/** `hie keys rotate …`: one step in the change of one key. @returns what is to be told to whoever verifies, or what comes next. */
export function keys(
  [verb, service, use, given]: readonly string[],
  { log, also = [] }: Options,
  env: Environment,
): string {
  const step = steps.find((each) => each === given);
  const path = env['KEY_FILE'];
  if (verb !== 'rotate' || service === undefined || step === undefined) throw new CliError('usage', KEYS_USAGE);
  if (path === undefined) throw new CliError('usage', 'Which key file? KEY_FILE, and what else the service is given.');
  const vault = vaultOf(env);
  try {
    const file = readKeyFileAt(path, service, vault) as KeyFile;
    if (use !== 'wrapping' && use !== 'master') {
      if (also.length > 0) throw new CliError('usage', '--also is for wrapping and master.');
      const { changed, said } = signingStep(file, { use, step, log, vault });
      writeKeyFile(path, service, changed, vault);
      return said;
    }
    const { changed, said } = use === 'wrapping' ? wrappingStep(file, step) : masterStep(file, service, step);
    const others = also.map((each) => ({ each, held: otherFile(each, { service, file, use, vault }) }));
    // What the service uses at once, its other processes have to know before; a step that breaks off here can be taken again.
    for (const { each, held } of others) writeKeyFile(each, service, { ...held, [use]: changed[use] }, vault);
    writeKeyFile(path, service, changed, vault);
    return said;
  } catch (error) {
    if (error instanceof RotationRefused) throw new CliError('refused', ['Not now:', error.code].join(' '));
    if (error instanceof CliError) throw error;
    // Never the message: that of a parser quotes what it could not read.
    const { code, name } = error as NodeJS.ErrnoException;
    throw new CliError('unreadable', `A key file can not be read or written: ${code ?? name}`);
  } finally {
    vault.close();
  }
}

function wrappingStep(file: KeyFile, step: RotationStep) {
  const present = file.wrapping ?? (file.master === undefined ? undefined : [file.master].flat());
  if (present === undefined) throw new CliError('refused', 'This service wraps no keys.');
  if (step === 'use') throw new CliError('usage', 'A wrapping key is used as soon as it is published.');
  const said =
    step === 'publish'
      ? 'The next key wraps. Retire the former once the ledger has this service’s entry keys.rewrapped.'
      : 'The former key is gone from the file. A backup of the database from before can’t be read without it.';
  return { changed: { ...file, wrapping: rotateWrapping(present, step) }, said };
}

function masterStep(file: KeyFile, service: string, step: RotationStep) {
  const why = whyMasterStays(service);
  if (why !== undefined) throw new CliError('refused', `This master key stays. ${why}`);
  if (file.master === undefined) throw new CliError('refused', 'This service has no master key.');
  const said = {
    publish: 'The next key opens. Use it once every instance has it.',
    use: 'The next key derives. Retire the former when what it has signed or sealed is over: for cookies, the life of a sign-in.',
    retire: 'The former key is gone from the file.',
  }[step];
  return { changed: { ...file, master: rotateMaster(file.master, step, file.wrapping) }, said };
}

interface Beside {
  readonly service: string;
  readonly file: KeyFile;
  readonly use: 'wrapping' | 'master';
  readonly vault: KeyVault;
}

/** The key file of another process of the service, which holds the same of what is not changed here. */
function otherFile(path: string, { service, file, use, vault }: Beside): KeyFile {
  const held = readKeyFileAt(path, service, vault) as KeyFile;
  const unchanged = use === 'wrapping' ? 'master' : 'wrapping';
  if (JSON.stringify(held[unchanged]) !== JSON.stringify(file[unchanged])) {
    throw new CliError('refused', `Not a key file of the same service, by its ${unchanged}: ${path}`);
  }
  return held;
}

interface SigningStep {
  readonly use: string | undefined;
  readonly step: RotationStep;
  readonly log: string | undefined;
  readonly vault: KeyVault;
}

function signingStep(file: KeyFile, { use, step, log, vault }: SigningStep) {
  if (use === undefined || !isRotated(use)) throw new CliError('usage', KEYS_USAGE);
  const present = file.others?.[use];
  if (present === undefined) throw new CliError('refused', 'This service has no key for that use.');
  const kid = `${use}-${new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)}`;
  const entries = rotateEntries(present, step, () => vault.make({ crv: curves[use], kid }).entry);
  const publicKeys = entries.map((entry) => vault.publicKeyOf(entry));
  if (use === 'log') refuseUnsigned(publicKeys, step, log);
  const shown = publicKeys.map((key) =>
    use === 'log' ? vkeyOf(key, log) : JSON.stringify(key.export({ format: 'jwk' })),
  );
  const former = step === 'retire' ? deviceKeyOf(present, entries) : '';
  return { changed: { ...file, others: { ...file.others, [use]: entries } }, said: `${shown.join('\n')}${former}` };
}

const isRotated = (use: string): use is keyof typeof curves => Object.hasOwn(curves, use);

/** The stored heads of every shard must bear the signature of the key that is to stay: without it, the ledger would not open after a restart. */
function refuseUnsigned([first]: readonly KeyObject[], step: RotationStep, log: string | undefined): void {
  if (step !== 'retire' || first === undefined) return;
  const base = originOf(log);
  for (const shard of shardsOf(log)) {
    const origin = shardOrigin(base, shard);
    const logKeys = [verifierKey(origin, 'ed25519', first)];
    const paths = [CHECKPOINT_PATH, HEAD_PATH].map((name) => join(log as string, shard, name));
    for (const path of paths.filter((each) => existsSync(each))) {
      try {
        openCheckpoint(readFileSync(path), { origin, logKeys });
      } catch {
        throw new CliError(
          'refused',
          `The next key has not signed what the log ${shard} shows yet; wait for its next checkpoint.`,
        );
      }
    }
  }
}

const vkeyOf = (key: KeyObject, log: string | undefined): string =>
  formatVerifierKey(verifierKey(originOf(log), 'ed25519', key));

/** The name of the chain, under which its key is given out. */
function originOf(log: string | undefined): string {
  const newest = shardsOf(log).at(-1);
  try {
    const raw = readFileSync(join(log as string, newest as string, CHECKPOINT_PATH));
    return (shardOfOrigin(readCheckpoint(raw).checkpoint.origin) as { readonly base: string }).base;
  } catch {
    throw new CliError('unreadable', 'There is no checkpoint of a half-yearly log in that folder.');
  }
}

/** Oldest first. */
function shardsOf(log: string | undefined): readonly string[] {
  if (log === undefined) throw new CliError('usage', 'Where is the log? --log DIR.');
  return existsSync(log) ? readdirSync(log).filter(isShardName).sort(compareShards) : [];
}

/** A key in a device stays there until its owner destroys it. */
function deviceKeyOf(present: unknown, left: readonly unknown[]): string {
  const former = (Array.isArray(present) ? (present as unknown[]) : []).filter((entry) => !left.includes(entry));
  const labels = former.flatMap((entry) => (entry as { readonly pkcs11?: string }).pkcs11 ?? []);
  return labels.map((label) => `\nNow destroy the key pair “${label}” in the token.`).join('');
}

function vaultOf(env: Environment): KeyVault {
  const { KEY_FILE_SECRET: secret, PKCS11_MODULE: module, PKCS11_TOKEN: token, PKCS11_PIN_FILE: pinFile } = env;
  if (module !== undefined && token !== undefined && pinFile !== undefined) {
    const filesKey = env['KEY_FILE_PKCS11_KEY'];
    const { seal, ...vault } = tokenVault({ module, token, pinFile, ...(filesKey === undefined ? {} : { filesKey }) });
    if (filesKey !== undefined && seal !== undefined) return { ...vault, seal };
    return secret === undefined ? vault : { ...vault, seal: secretFileSeal(secret) };
  }
  return secret === undefined ? fileVault : { ...fileVault, seal: secretFileSeal(secret) };
}
