// Runs npm, Maven, Nx, apt and docker: output kept in a log, never on the reader's screen, the tool ended with the set-up.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { cacheFolder } from './cache.mjs';
import { explain, keepOutput, SetupError } from './progress.mjs';

/** The first file of that name on the PATH, or undefined. */
export function findOnPath(name, path = process.env.PATH ?? '') {
  return path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((candidate) => existsSync(candidate));
}

/**
 * Errors told even where npm was called with `--silent`, because they become the reader's sentence; what npm has in its
 * own cache not asked for again; and a network that is not there noticed in ten seconds instead of seventy.
 */
const NPM_OPTIONS = [
  '--loglevel=error',
  '--no-audit',
  '--no-fund',
  '--prefer-offline',
  '--fetch-retries=2',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=8000',
];

/** The npm that started this, or the one on the PATH: `[command, ...args]` that runs a verb of it under the given Node. */
export function npmCommand(node, verb) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('npm-cli.js')) return [node, script, verb, ...NPM_OPTIONS];
  const npm = findOnPath('npm');
  if (npm === undefined) {
    throw new SetupError(
      'npm is missing: install it (on Debian and Ubuntu: apt-get install npm), then type the same command again.',
    );
  }
  return [npm, verb, ...NPM_OPTIONS];
}

/** Whether this user has a home that npm and Maven may keep their own caches in. */
export function hasHome() {
  try {
    accessSync(process.env.HOME || homedir(), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The environment in which `node` is the given one. A user without a home gets one in the cache folder. */
export function toolEnvironment(node) {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`, NX_DAEMON: 'false' };
  if (hasHome()) return env;
  const home = join(cacheFolder(), 'home');
  mkdirSync(home, { recursive: true });
  return { ...env, HOME: home, npm_config_cache: join(home, '.npm') };
}

/**
 * Runs a tool to its end and returns what it printed.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, title: string, where?: string, logFile?: string,
 *   onOutput?: (text: string) => void, timeoutMs?: number }} options `where` names the folder it writes to, for the
 *   sentence that a full disk or a missing permission becomes.
 * @throws SetupError in one sentence when the tool is missing, fails, or is ended.
 */
export function runTool(command, args, { cwd, env, title, where, logFile, onOutput, timeoutMs }) {
  return new Promise((resolve, reject) => {
    let output = '';
    // Its own process group: a Ctrl-C reaches the set-up, which ends the whole group and not only the first process.
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const end = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs);
    process.once('exit', end);
    const read = (chunk) => {
      output += chunk;
      onOutput?.(String(chunk));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', (cause) => {
      clearTimeout(timer);
      process.off('exit', end);
      reject(new SetupError(`${title} could not be started: ${command} is not there or may not be run.`, { cause }));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      process.off('exit', end);
      keepOutput(logFile, `${title} ended with ${code}`, output);
      if (code === 0) resolve(output);
      else
        reject(
          new SetupError(explain(title, output, { where: where ?? 'this folder', logFile: logFile ?? 'the log' })),
        );
    });
  });
}
