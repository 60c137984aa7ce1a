// Node 24: the machine's own, or the registry's build of it in the user's cache.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { cacheFolder, folderBytes, installOnce } from './cache.mjs';
import { megabytes, SetupError, step } from './progress.mjs';
import { npmCommand, runTool, toolEnvironment } from './run-tool.mjs';

const OLDEST = [24, 6];

/**
 * The npm package `node` is only an install script that fetches one of these; they are asked for directly, so that it
 * works where install scripts are off, and each is held to the hash it had when it was chosen. The registry's builds
 * are not of one version on every platform (docs/adr/0150).
 */
const BUILDS = {
  'linux-x64': {
    version: '24.21.0',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    version: '24.21.0',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'darwin-x64': {
    version: '24.18.1',
    integrity: 'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
  },
};

/** Whether a version such as `v24.21.0` can run the broker. Pure. */
export function isRecentEnough(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/**
 * Makes sure of Node 24 and returns the path of its executable.
 *
 * @param {{ logFile?: string }} options
 */
export async function ensureNode({ logFile }) {
  const line = step('node');
  if (isRecentEnough(process.version)) {
    line.done(`${process.version.slice(1)}, this machine's own`);
    return process.execPath;
  }
  const platform = `${process.platform}-${process.arch}`;
  const build = BUILDS[platform];
  if (build === undefined) {
    throw new SetupError(
      `Node ${OLDEST.join('.')} or newer is needed and npm has no build of it for ${platform}: install it with your package manager, then type the same command again.`,
    );
  }
  const folder = join(cacheFolder(), `node-${build.version}-${platform}`);
  const onWait = (pid) => line.update(`${build.version}, waiting for process ${pid ?? ''}, which fetches it`);
  const installed = await installOnce(folder, { needsBytes: 400e6, onWait }, (draft) =>
    fetchNode(draft, `node-${platform}`, build, line, logFile),
  );
  line.done(installed ? `${build.version}, fetched, ${megabytes(folderBytes(folder))}` : `${build.version}, cached`);
  return executable(folder, `node-${platform}`);
}

const executable = (folder, name) => join(folder, 'node_modules', name, 'bin', 'node');

async function fetchNode(draft, name, { version, integrity }, line, logFile) {
  const timer = setInterval(() => line.update(`${version}, ${megabytes(folderBytes(draft))}`), 500);
  try {
    const [npm, ...args] = npmCommand(process.execPath, 'install');
    await runTool(npm, [...args, '--prefix', draft, '--ignore-scripts', `${name}@${version}`], {
      cwd: draft,
      env: toolEnvironment(process.execPath),
      title: `Fetching Node ${version} from npm`,
      where: draft,
      logFile,
    });
  } finally {
    clearInterval(timer);
  }
  const lock = JSON.parse(readFileSync(join(draft, 'node_modules/.package-lock.json'), 'utf8'));
  if (lock.packages[`node_modules/${name}`].integrity !== integrity) {
    throw new SetupError(
      `The package ${name}@${version} is not the one this project was tested with: its hash differs, and nothing of it was run.`,
    );
  }
  // Headers for native add-ons, a third of its size: nothing here is compiled.
  rmSync(join(draft, 'node_modules', name, 'include'), { recursive: true, force: true });
  await runTool(executable(draft, name), ['--version'], { title: `Node ${version}` }).catch((cause) => {
    throw new SetupError(
      `npm's build of Node ${version} does not run on this system: install Node 24 with your package manager, then type the same command again.`,
      { cause },
    );
  });
}
