import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { postgresPlace } from './postgres-place.js';

const isRoot = process.getuid?.() === 0;
/** A test for one kind of user; for the other it is skipped, and its name says why. */
const asRoot = (name: string, test: () => void): void =>
  isRoot ? it(name, test) : it.skip(`${name} (skipped: this is not root)`, test);
const asOther = (name: string, test: () => void): void =>
  isRoot ? it.skip(`${name} (skipped: this is root)`, test) : it(name, test);

describe(postgresPlace.name, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hie-place-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const version = (programs: string, user: { uid?: number; gid?: number } = {}): string =>
    spawnSync(join(programs, 'bin/postgres'), ['--version'], { ...user, cwd: '/', encoding: 'utf8' }).stdout;

  asOther('is the packages and the folder itself for an ordinary user', () => {
    const place = postgresPlace(join(folder, 'postgres'));
    expect(place).toMatchObject({ home: join(folder, 'postgres'), temporary: false });
    expect(place.runAs).toBeUndefined();
    expect(version(place.programs)).toMatch(/^postgres \(PostgreSQL\) 18/);
  });

  asRoot('stays in a folder that the other user can reach, for root', () => {
    chmodSync(folder, 0o711);
    const place = postgresPlace(join(folder, 'postgres'));
    const reachable = place.programs.includes('node_modules');
    // A checkout below /root can't be reached whatever the run's folder allows.
    expect(place.temporary).toBe(!reachable);
    expect(place.runAs?.uid).toBeGreaterThan(0);
    expect(statSync(place.home).uid).toBe(place.runAs?.uid);
    expect(version(place.programs, place.runAs)).toMatch(/^postgres \(PostgreSQL\) 18/);
    if (place.temporary) rmSync(place.home, { recursive: true });
  });

  asRoot('goes elsewhere, with programs that are only root’s to change, where it can’t', () => {
    mkdirSync(join(folder, 'closed'), { mode: 0o700 });
    const place = postgresPlace(join(folder, 'closed', 'postgres'));
    expect(place.temporary).toBe(true);
    expect(existsSync(place.home)).toBe(true);
    expect(statSync(place.home)).toMatchObject({ uid: place.runAs?.uid });
    expect(statSync(place.home).mode & 0o777).toBe(0o700);
    expect(lstatSync(place.programs).uid).toBe(0);
    expect(lstatSync(place.programs).mode & 0o022).toBe(0);
    expect(version(place.programs, place.runAs)).toMatch(/^postgres \(PostgreSQL\) 18/);
    rmSync(place.home, { recursive: true });
  });
});
