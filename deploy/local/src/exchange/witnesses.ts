import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { formatSignerKey, formatVerifierKey, noteSigner } from '@hie/transparency-log';

import { checkout } from '../../setup/cache.mjs';
import type { CertificateAuthority } from '../certificates/certificate-authority.js';
import type { RunFolder } from '../run/run-folder.js';
import type { ProcessSpec } from '../supervisor/process-spec.js';

/** How many members of a local exchange run a witness, and how many of them must vouch for a published checkpoint. */
export const WITNESSES = 3;
export const WITNESS_QUORUM = 2;

/** A member's witness of the ledger, as others know it. */
export interface LocalWitness {
  readonly name: string;
  readonly url: string;
  readonly verifierKey: string;
}

/** The witnesses of an exchange: each a process with a key and a folder of its own. */
export interface LocalWitnesses {
  readonly quorum: number;
  readonly witnesses: readonly LocalWitness[];
  readonly processes: readonly ProcessSpec[];
  /** What the ledger reads of them (`WITNESSES_FILE`). */
  readonly path: string;
}

export interface WitnessesPlan {
  readonly run: RunFolder;
  readonly certificates: CertificateAuthority;
  /** The chain of logs that they watch: its public URL, and its key under the chain's name. */
  readonly ledger: { readonly url: string; readonly verifierKey: string };
  /** One for each witness. */
  readonly ports: readonly number[];
}

/** Makes keys, configurations and process specifications of the witnesses. */
export async function localWitnesses({ run, certificates, ledger, ports }: WitnessesPlan): Promise<LocalWitnesses> {
  const tls = await certificates.leaf('witnesses');
  const made = ports.map((port, at) => {
    const id = `witness-${at + 1}`;
    const name = `${id}.hie.example`;
    const folder = run.folder(join('witnesses', id));
    const { privateKey } = generateKeyPairSync('ed25519');
    const keyFile = join(folder, 'key');
    const configPath = join(folder, 'witness.json');
    writeSecret(keyFile, `${formatSignerKey(name, 'cosignature-ed25519', privateKey)}\n`);
    writeSecret(
      configPath,
      JSON.stringify({
        port,
        tls: { certPath: tls.certificatePath, keyPath: tls.keyPath },
        keyFile,
        folder: join(folder, 'record'),
        logs: [{ verifierKeys: [ledger.verifierKey], url: ledger.url, shards: true }],
      }),
    );
    const url = `https://127.0.0.1:${port}/`;
    const verifierKey = formatVerifierKey(noteSigner(name, 'cosignature-ed25519', privateKey).key);
    const process = witnessProcess({ id, configPath, url, run, certificates });
    return { witness: { name, url, verifierKey }, process };
  });
  const path = join(run.folder('witnesses'), 'witnesses.json');
  const quorum = Math.min(WITNESS_QUORUM, made.length);
  const caPath = certificates.certificatePath;
  const known = made.map(({ witness: { url, verifierKey } }) => ({ url, verifierKeys: [verifierKey], caPath }));
  writeFileSync(path, JSON.stringify({ quorum, witnesses: known }));
  return {
    quorum,
    path,
    witnesses: made.map(({ witness }) => witness),
    processes: made.map(({ process }) => process),
  };
}

function witnessProcess({
  id,
  configPath,
  url,
  run,
  certificates,
}: {
  readonly id: string;
  readonly configPath: string;
  readonly url: string;
} & Pick<WitnessesPlan, 'run' | 'certificates'>): ProcessSpec {
  return {
    name: id,
    command: process.execPath,
    args: [join(checkout, 'apps', 'ledger-witness', 'bundle', 'main.js'), 'serve', '--config', configPath],
    env: {
      NODE_EXTRA_CA_CERTS: certificates.certificatePath,
      NODE_COMPILE_CACHE: join(checkout, '.run', 'compile-cache'),
    },
    logFile: run.log(id),
    readyUrl: `${url}health/ready`,
    readyCa: certificates.certificate,
    restart: true,
  };
}

function writeSecret(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
}
