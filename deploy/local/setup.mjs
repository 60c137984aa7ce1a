// `npm run demo | up | down | bench` and `npm test` start here. Makes sure of everything they need (Node 24, the
// packages, Kafka, the build), then runs deploy/local/dist/commands/<command>.js. Needs nothing but Node 20 and npm.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

import { checkout, withLock } from './setup/cache.mjs';
import { ensureChromium } from './setup/browser.mjs';
import { ensureKafka } from './setup/kafka.mjs';
import { SET_UP_FAILED } from './setup/launch.mjs';
import { ensureNode } from './setup/node.mjs';
import { keepOutput, SetupError } from './setup/progress.mjs';
import { toolEnvironment } from './setup/run-tool.mjs';
import { ensureBuild, ensurePackages } from './setup/workspace.mjs';

const COMMANDS = ['demo', 'up', 'down', 'test', 'bench'];
const TIERS = ['unit', 'boundaries', 'integration', 'commands', 'journeys', 'conformance', 'attacks', 'faults'];
const NO_KAFKA_TIERS = ['unit', 'boundaries'];
const USAGE = `node deploy/local/setup.mjs demo|up|down|test|bench [arguments]
  prepare            do the set-up and nothing else
  exec COMMAND …     do the set-up, then run a command with Node 24 first on its PATH; 125 when the set-up failed`;

/** What a command needs before it runs. Pure. */
function needs(command, args) {
  if (command === 'down') return { workspace: false, kafka: false, chromium: false };
  const tiers = args.filter((arg) => TIERS.includes(arg));
  const light = command === 'test' && tiers.length > 0 && tiers.every((tier) => NO_KAFKA_TIERS.includes(tier));
  const chromium = command === 'test' && (tiers.length === 0 || tiers.includes('journeys'));
  return { workspace: true, kafka: command !== 'exec' && !light, chromium };
}

async function prepare(command, args, logFile) {
  const wanted = needs(command, args);
  const node = await ensureNode({ logFile });
  if (!wanted.workspace) return { node, environment: {} };
  const waiting = (pid) =>
    process.stderr.write(`\rwaiting for process ${pid ?? ''}, which sets up this checkout\x1b[K`);
  // One set-up at a time in a checkout: `npm ci` empties node_modules before it fills it.
  return withLock(join(checkout, '.run', 'setup.lock'), waiting, async () => {
    await ensurePackages({ node, logFile });
    const environment = {
      ...(wanted.kafka ? await ensureKafka({ logFile }) : {}),
      ...(wanted.chromium ? await ensureChromium({ logFile }) : {}),
    };
    await ensureBuild({ node, logFile });
    return { node, environment };
  });
}

/** The npm that runs this script: the parent, or the parent of the shell in between. */
function whoRanThis() {
  if (!process.env.npm_lifecycle_event) return undefined;
  const describe = (pid) =>
    spawnSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  const read = (pid) => (process.platform === 'linux' ? fromProc(pid) : describe(pid));
  for (let pid = process.ppid, level = 0; pid > 1 && level < 3; level += 1) {
    const [, parent, command] = /^\s*(\d+)\s+(.*)/s.exec(read(pid)) ?? [];
    if (/^npm\b|npm-cli\.js/.test(command ?? '')) return pid;
    pid = Number(parent);
  }
  return undefined;
}

/** The parent's number and the command line, as `ps` would say them; a small system has no `ps`. */
function fromProc(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${parent} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`;
  } catch {
    return '';
  }
}

function isGone(pid) {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

/**
 * Runs a command to its end and returns the exit code it leaves with. Signals go to it, and not only from a terminal:
 * the pipe on descriptor 3 closes when this process is gone for whatever reason, and the command then stops by itself.
 */
function runCommand(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: process.cwd(), env, stdio: ['inherit', 'inherit', 'inherit', 'pipe'] });
    child.stdio[3].on('error', () => {});
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => child.kill(signal));
    const npm = whoRanThis();
    // npm that is killed outright can't pass its signals on.
    if (npm !== undefined) setInterval(() => isGone(npm) && child.kill('SIGTERM'), 1000).unref();
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

async function main([command, ...args]) {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new SetupError(
      `Node 20 or newer is needed and this is ${process.version}: install it, then type the same command again.`,
    );
  }
  if (!['linux', 'darwin'].includes(process.platform)) {
    throw new SetupError(
      `Linux or macOS is needed and this is ${process.platform}: on Windows, use the Linux subsystem (WSL).`,
    );
  }
  if (![...COMMANDS, 'prepare', 'exec'].includes(command)) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const logFile = join(checkout, '.run', 'setup.log');
  mkdirSync(join(checkout, '.run'), { recursive: true });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => process.listenerCount(signal) === 0 && process.exit(128 + constants.signals[signal]));
  }
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});

  const { node, environment } = await prepare(command, args, logFile);
  if (command === 'prepare') return 0;
  const env = { ...toolEnvironment(node), ...environment };
  if (command === 'exec') return runCommand(args[0], args.slice(1), env);
  const script = join(checkout, 'deploy/local/dist/commands', `${command}.js`);
  if (command === 'down' && !existsSync(script)) {
    process.stdout.write('Nothing is up.\n');
    return 0;
  }
  // kafkajs 2.2.4 sets a negative timer on Node 24: harmless, and said once a process.
  const flags = ['--enable-source-maps', '--disable-warning=TimeoutNegativeWarning'];
  return runCommand(node, [...flags, script, ...args], { ...env, HIE_PARENT_PIPE: '3' });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const known = error instanceof SetupError;
  if (!known) keepOutput(join(checkout, '.run', 'setup.log'), 'The set-up failed', error.stack);
  const disk =
    error.code === 'ENOSPC' ? 'no disk space is left: free about 2 GB, then type the same command again' : undefined;
  const sentence = known
    ? error.message
    : `The set-up failed: ${disk ?? `${error.message}; more is in .run/setup.log`}.`;
  process.stderr.write(`\n${sentence}\n`);
  process.exitCode = process.argv[2] === 'exec' ? SET_UP_FAILED : 1;
}
