// How the workspace's command lines start: at once where Node is new enough and everything is built, else by way of the set-up.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

import { isRecentEnough } from './node.mjs';

/** As `env`, `nice` and `timeout` exit when it is they who failed, and not the command they were to run. */
export const SET_UP_FAILED = 125;

/**
 * Runs a command line's `main(argv)` and returns its exit code. On an older Node, or before the first build, it does the set-up
 * first and starts itself again under it; what that has to say goes to standard error.
 *
 * @param {string} bin `import.meta.url` of the command
 * @param {readonly string[]} built what must have been built, relative to it; the first one exports `main`
 * @param {(loaded: any) => Promise<number>} run calls `main`
 * @param {{ notSetUp?: number }} [codes] the exit code when the set-up failed, where 1 is one of the command's own answers
 */
export async function launch(bin, built, run, { notSetUp = 1 } = {}) {
  const files = built.map((path) => new URL(path, bin));
  const isReady = isRecentEnough(process.version) && files.every((file) => existsSync(file));
  if (isReady) return run(await import(files[0].href));
  if (process.env.HIE_LAUNCHED === '1') {
    process.stderr.write('The command could not be set up: see .run/setup.log in the checkout.\n');
    return notSetUp;
  }
  const code = await afterSetUp(fileURLToPath(bin));
  return code === SET_UP_FAILED ? notSetUp : code;
}

function afterSetUp(bin) {
  const setup = fileURLToPath(new URL('../setup.mjs', import.meta.url));
  const child = spawn(process.execPath, [setup, 'exec', 'node', bin, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, HIE_LAUNCHED: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}
