// SoftHSM (https://www.opendnssec.org/softhsm/): a PKCS#11 token in software.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type * as Koffi from 'koffi';

/** A token of its own for one test file, in a folder of its own. */
export interface SoftHsm {
  /** Path of the PKCS#11 module. */
  readonly module: string;
  readonly token: string;
  readonly pin: string;
  /** The PIN in a file that its owner alone may read. */
  readonly pinFile: string;
  /** Where the token lies; other processes find it by `env`. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  remove(): void;
}

const places = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
];

/** Where SoftHSM's module is on this machine, or at `SOFTHSM2_MODULE`; `undefined` where it is not installed. */
export const softHsmModule = (): string | undefined =>
  [process.env['SOFTHSM2_MODULE'], ...places].find((path) => path !== undefined && existsSync(path));

/** Makes a token. @throws RangeError where SoftHSM is not installed; ask `softHsmModule` first. */
export function softHsm(): SoftHsm {
  const module = softHsmModule();
  if (module === undefined) throw new RangeError('SoftHSM is not installed.');
  const folder = mkdtempSync(join(tmpdir(), 'hie-soft-hsm-'));
  const configuration = join(folder, 'softhsm2.conf');
  const [token, pin, pinFile] = ['hie test', '87654321', join(folder, 'pin')];
  mkdirSync(join(folder, 'tokens'));
  writeFileSync(configuration, `directories.tokendir = ${join(folder, 'tokens')}\nlog.level = ERROR\n`);
  writeFileSync(pinFile, `${pin}\n`, { mode: 0o600 });
  const env = { SOFTHSM2_CONF: configuration };
  const making = ['--init-token', '--free', '--label', token, '--so-pin', '12345678', '--pin', pin];
  execFileSync('softhsm2-util', making, { env: { ...process.env, ...env }, stdio: 'pipe' });
  const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;
  // The module reads the environment of the process, of which a test has a copy.
  koffi.load(null).func('int setenv(const char *name, const char *value, int overwrite)')(
    'SOFTHSM2_CONF',
    configuration,
    1,
  );
  return {
    ...{ module, token, pin, pinFile, folder, env },
    remove: () => {
      // The next token of this process is another: the module has to begin anew.
      koffi.load(module).func('ulong C_Finalize(void *reserved)')(null);
      rmSync(folder, { recursive: true });
    },
  };
}
