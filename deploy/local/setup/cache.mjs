// What is fetched once for each user: Node 24 and Kafka's archives. Shared by every checkout, so a fetch is made in a
// draft folder and renamed into place: a folder that is there is complete, and two runs at once can't see half of one.
import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { SetupError } from './progress.mjs';

/** The root of the checkout. */
export const checkout = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

function writable(folder) {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The user's cache folder: `$HIE_CACHE`, else `$XDG_CACHE_HOME/hie-broker`, else `~/.cache/hie-broker`. A user without
 * a home that may be written (a service account) gets `.run/cache` in the checkout.
 */
export function cacheFolder(env = process.env) {
  if (env.HIE_CACHE) return env.HIE_CACHE;
  const usual = join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'hie-broker');
  return writable(usual) ? usual : join(checkout, '.run', 'cache');
}

/** Where Kafka's archives lie: named by the hash of the file that pins them. */
export function kafkaFolder(env = process.env) {
  const pom = readFileSync(join(checkout, 'deploy/kafka/pom.xml'));
  return join(cacheFolder(env), `kafka-${createHash('sha256').update(pom).digest('hex').slice(0, 16)}`);
}

/** Kafka's version, as pinned. */
export function kafkaVersion() {
  const pom = readFileSync(join(checkout, 'deploy/kafka/pom.xml'), 'utf8');
  return /<kafka\.version>([^<]+)</.exec(pom)[1];
}

const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Runs `work` while no other run on this machine holds the same lock. A lock whose holder is gone is taken over. It
 * saves a double fetch; that nothing breaks without it is the rename's doing.
 */
export async function withLock(lockFolder, onWait, work) {
  mkdirSync(dirname(lockFolder), { recursive: true });
  const ownerFile = join(lockFolder, 'pid');
  for (;;) {
    try {
      mkdirSync(lockFolder);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = readOwner(ownerFile);
    if (owner === undefined ? ageMs(lockFolder) > 10_000 : !alive(owner)) {
      rmSync(lockFolder, { recursive: true, force: true });
      continue;
    }
    onWait(owner);
    await pause(200);
  }
  const release = () => rmSync(lockFolder, { recursive: true, force: true });
  process.once('exit', release);
  try {
    writeFileSync(ownerFile, String(process.pid));
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function readOwner(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function ageMs(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/**
 * Makes `target` by `build(draft)` unless it is there, and returns whether it had to.
 *
 * @throws SetupError when the folder may not be written, or too little disk is left (`needsBytes`).
 */
export async function installOnce(target, { needsBytes, onWait }, build) {
  if (existsSync(target)) return false;
  const parent = dirname(target);
  if (!writable(parent)) {
    throw new SetupError(
      `The cache folder ${parent} may not be written by this user: change its owner, or set HIE_CACHE to a folder that may.`,
    );
  }
  return withLock(`${target}.lock`, onWait, async () => {
    if (existsSync(target)) return false;
    requireDisk(parent, needsBytes);
    removeAbandoned(parent);
    const draft = `${target}.draft-${process.pid}-${randomBytes(4).toString('hex')}`;
    const discard = () => rmSync(draft, { recursive: true, force: true });
    process.once('exit', discard);
    try {
      mkdirSync(draft);
      await build(draft);
      renameSync(draft, target);
      return true;
    } catch (error) {
      if (['ENOTEMPTY', 'EEXIST'].includes(error.code) && existsSync(target)) return false;
      throw error;
    } finally {
      discard();
      process.off('exit', discard);
    }
  });
}

/** @throws SetupError when fewer than `bytes` are free where `folder` lies. */
export function requireDisk(folder, bytes) {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < bytes) {
    throw new SetupError(
      `Too little disk is left for ${folder}: ${Math.round((bavail * bsize) / 1e6)} MB are free and ${Math.round(bytes / 1e6)} MB are needed; free some, then type the same command again.`,
    );
  }
}

/** Drafts of runs that were killed. A day is far beyond the slowest fetch. */
function removeAbandoned(folder) {
  for (const name of readdirSync(folder)) {
    if (name.includes('.draft-') && ageMs(join(folder, name)) > 86_400_000) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
}

/** Bytes below a folder. */
export function folderBytes(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    try {
      bytes += entry.isDirectory() ? folderBytes(path) : lstatSync(path).size;
    } catch {
      // Renamed or removed while it was counted: this is a progress figure.
    }
  }
  return bytes;
}
