// The checkout itself: its packages as the lock file says, and every project built. Both are skipped when a stamp says
// that nothing changed, because the second start should take seconds.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { checkout, requireDisk } from './cache.mjs';
import { step } from './progress.mjs';
import { npmCommand, runTool, toolEnvironment } from './run-tool.mjs';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

/**
 * Whether an installed tree is what the lock file asks for: every package there in its version, those for other
 * platforms aside. Pure. `installed` is npm's own `node_modules/.package-lock.json`.
 */
export function isInstalled(lock, installed) {
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true;
    const found = installed.packages[path];
    if (found === undefined) return wanted.optional === true;
    return (
      found.version === wanted.version && found.integrity === wanted.integrity && found.resolved === wanted.resolved
    );
  });
}

async function registryAnswers(node) {
  const [npm, ...args] = npmCommand(node, 'view');
  const once = ['--prefer-online', '--fetch-retries=0', '--fetch-timeout=10000', 'semver', 'version'];
  const options = { cwd: checkout, env: toolEnvironment(node), title: 'Asking the registry' };
  return runTool(npm, [...args, ...once], options).then(
    () => true,
    () => false,
  );
}

/** Runs `npm ci` when `node_modules` is missing or not what `package-lock.json` asks for. */
export async function ensurePackages({ node, logFile }) {
  const line = step('packages');
  const lockText = readFileSync(join(checkout, 'package-lock.json'), 'utf8');
  const modules = join(checkout, 'node_modules');
  const stamp = join(modules, '.hie-installed');
  const count = (lock) => Object.values(lock.packages).filter((entry) => !entry.link).length - 1;
  if (read(stamp) === sha256(lockText)) return line.done('as package-lock.json says');

  const lock = JSON.parse(lockText);
  const hidden = read(join(modules, '.package-lock.json'));
  if (hidden === undefined || !isInstalled(lock, JSON.parse(hidden))) {
    rmSync(stamp, { force: true });
    requireDisk(checkout, 1.2e9);
    const [npm, ...args] = npmCommand(node, 'ci');
    const timer = setInterval(() => line.update(`${foldersIn(modules)} of about ${count(lock)} packages`), 500);
    try {
      // Without a network npm tries each of a thousand packages for a while; from its own cache it tells at once.
      const offline = (await registryAnswers(node)) ? [] : ['--offline'];
      await runTool(npm, [...args, ...offline], {
        cwd: checkout,
        env: toolEnvironment(node),
        title: 'npm ci',
        where: checkout,
        logFile,
      });
    } finally {
      clearInterval(timer);
    }
    line.done(`${foldersIn(modules)} packages, installed`);
  } else {
    line.done('as package-lock.json says');
  }
  writeFileSync(stamp, sha256(lockText));
}

function foldersIn(modules) {
  if (!existsSync(modules)) return 0;
  const names = readdirSync(modules).filter((name) => !name.startsWith('.'));
  const scoped = names.filter((name) => name.startsWith('@'));
  return (
    names.length - scoped.length + scoped.reduce((sum, scope) => sum + readdirSync(join(modules, scope)).length, 0)
  );
}

/** Every project folder of the workspace that is built. */
function projects() {
  const { workspaces } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
  return workspaces
    .flatMap((pattern) => {
      const parent = pattern.endsWith('/*') ? pattern.slice(0, -2) : undefined;
      if (parent === undefined) return [pattern];
      return readdirSync(join(checkout, parent), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => `${parent}/${entry.name}`);
    })
    .filter((folder) => existsSync(join(checkout, folder, 'package.json')));
}

function* filesIn(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else yield path;
  }
}

/** What the build depends on, in one hash of names, sizes and times: some thousand `stat` calls, not a read of each. */
function fingerprint(folders) {
  const hash = createHash('sha256').update(process.platform + process.arch);
  const add = (path) => {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  };
  const shared = ['package.json', 'nx.json', '.swcrc', 'deploy/local/setup/bundle.mjs', 'node_modules/.hie-installed'];
  for (const file of shared) add(join(checkout, file));
  for (const folder of folders) {
    add(join(checkout, folder, 'package.json'));
    for (const file of filesIn(join(checkout, folder, 'src'))) add(file);
  }
  return hash.digest('hex');
}

/** Removes what an earlier build left of a source file that is gone: a service would go on running such a migration. */
function removeStale(folder) {
  for (const built of filesIn(join(checkout, folder, 'dist'))) {
    if (!/\.js(\.map)?$/.test(built)) continue;
    const source = built.replace(`/${folder}/dist/`, `/${folder}/src/`).replace(/\.js(\.map)?$/, '.ts');
    if (!existsSync(source)) rmSync(built);
  }
}

/** A service is compiled first, and its build is the bundle. */
function isBundled(folder) {
  const { nx } = JSON.parse(readFileSync(join(checkout, folder, 'package.json'), 'utf8'));
  return nx?.targets?.compile !== undefined;
}

/** Builds all projects through Nx, which keeps what did not change; not even asked when no source file changed. */
export async function ensureBuild({ node, logFile }) {
  const line = step('build');
  const folders = projects();
  const stamp = join(checkout, '.run', 'built');
  const present = folders.every((folder) => {
    const has = (path) => existsSync(join(checkout, folder, path));
    return (!has('src/index.ts') || has('dist/index.js')) && (!isBundled(folder) || has('bundle/main.js'));
  });
  if (present && read(stamp) === fingerprint(folders)) return line.done(`${folders.length} projects, up to date`);

  rmSync(stamp, { force: true });
  const before = fingerprint(folders);
  let built = 0;
  await runTool(node, [join(checkout, 'node_modules/.bin/nx'), 'run-many', '-t', 'build', '--output-style=static'], {
    cwd: checkout,
    env: toolEnvironment(node),
    title: 'The build',
    where: checkout,
    logFile,
    onOutput: (text) => {
      built += text.split('nx run ').length - 1;
      line.update(`${Math.min(built, folders.length)} of ${folders.length} projects`);
    },
  });
  for (const folder of folders) removeStale(folder);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, before);
  line.done(`${folders.length} projects, built`);
}
