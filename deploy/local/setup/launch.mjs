// How the workspace's command lines start: at once where Node is new enough and everything is built, else by way of the set-up.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 24;

/**
 * Runs a command line's `main(argv)` and returns its exit code. On an older Node, or before the first build, it does the set-up
 * first and starts itself again under it; what that has to say goes to standard error.
 *
 * @param {string} bin `import.meta.url` of the command
 * @param {readonly string[]} built what must have been built, relative to it; the first one exports `main`
 * @param {(loaded: any) => Promise<number>} run calls `main`
 */
export async function launch(bin, built, run) {
  const files = built.map((path) => new URL(path, bin));
  const isReady = Number(process.versions.node.split('.')[0]) >= OLDEST_NODE && files.every((file) => existsSync(file));
  if (isReady) return run(await import(files[0].href));
  if (process.env.HIE_LAUNCHED === '1') {
    process.stderr.write('The command could not be set up: see .run/setup.log in the checkout.\n');
    return 1;
  }
  return afterSetUp(fileURLToPath(bin));
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
