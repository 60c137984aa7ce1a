// On a real folder in the system's temporary directory: what is in it after a commit, who may write, and what a reader may
// ask for. What survives a kill is in crash.int-spec.ts.
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { directoryReader } from './directory-reader.js';
import { directoryStorage } from './directory-storage.js';
import { TileStorageError } from './failure.js';

let root: string;
beforeEach(async () => {
  root = join(await mkdtemp(join(tmpdir(), 'hie-tiles-')), 'logs', 'one');
});
afterEach(() => rm(join(root, '..', '..'), { recursive: true, force: true }));

const resource = (path: string, text: string) => ({ path, bytes: Buffer.from(text) });
const checkpoint = (text: string) => ({ resources: [], checkpoints: [resource('checkpoint', text)], superseded: [] });
const codeOf = (failure: unknown) => (failure instanceof TileStorageError ? failure.code : String(failure));
const outcome = (promise: Promise<unknown>) => promise.then(() => 'done', codeOf);
const files = async () => {
  const all = await readdir(root, { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
};

describe('a commit', () => {
  it('stores everything under its path, and leaves nothing behind', async () => {
    const storage = await directoryStorage(root);
    await storage.commit({
      resources: [resource('tile/0/x001/000.p/1', 'a'), resource('tile/entries/000', 'b')],
      checkpoints: [resource('head', 'c'), resource('checkpoint', 'd')],
      superseded: [],
    });

    expect(Buffer.from((await storage.read('tile/0/x001/000.p/1'))!).toString()).toBe('a');
    expect(await storage.read('tile/0/x001/000')).toBeUndefined();
    await storage.close();
    expect(await files()).toEqual(['checkpoint', 'head', 'tile/0/x001/000.p/1', 'tile/entries/000']);
  });

  it('replaces what is there, the checkpoint too', async () => {
    const storage = await directoryStorage(root);
    for (const text of ['one', 'two']) {
      await storage.commit({ ...checkpoint(text), resources: [resource('tile/0/000.p/1', text)] });
    }
    expect(await readFile(join(root, 'checkpoint'), 'utf8')).toBe('two');
    expect(await readFile(join(root, 'tile/0/000.p/1'), 'utf8')).toBe('two');
    await storage.close();
  });

  it('removes what was superseded with the commit after it, and minds nothing that is gone already', async () => {
    const storage = await directoryStorage(root);
    await storage.commit({
      ...checkpoint('one'),
      resources: [resource('tile/0/000.p/1', 'a'), resource('tile/0/000.p/2', 'b')],
    });
    await storage.commit({
      ...checkpoint('two'),
      resources: [resource('tile/0/000', 'ab')],
      superseded: ['tile/0/000.p', 'tile/9/000.p'],
    });
    expect(await files()).toContain('tile/0/000.p/2');
    await storage.commit(checkpoint('three'));
    await storage.close();
    expect(await files()).toEqual(['checkpoint', 'tile/0/000']);
  });

  it('removes many superseded files a few at a time, and the rest when it is closed', async () => {
    const storage = await directoryStorage(root);
    const partials = Array.from({ length: 30 }, (_, at) => resource(`tile/0/000.p/${at + 1}`, 'a'));
    await storage.commit({ ...checkpoint('one'), resources: partials });
    await storage.commit({
      ...checkpoint('two'),
      resources: [resource('tile/0/000', 'ab')],
      superseded: ['tile/0/000.p'],
    });
    const left = async () => (await files()).filter((file) => file.startsWith('tile/0/000.p/')).length;
    const counts = [];
    for (const text of ['three', 'four']) {
      await storage.commit(checkpoint(text));
      counts.push(await left());
    }
    expect(counts).toEqual([23, 15]);
    await storage.close();
    expect(await files()).toEqual(['checkpoint', 'tile/0/000']);
  });

  it('does not touch the checkpoint when a tile cannot be stored', async () => {
    const storage = await directoryStorage(root);
    await storage.commit(checkpoint('one'));
    await writeFile(join(root, 'tile'), 'a file where a folder must be');
    const failed = await storage
      .commit({ ...checkpoint('two'), resources: [resource('tile/0/000', 'x')] })
      .catch((failure: unknown) => failure);

    expect(failed).toMatchObject({ code: 'write-failed', retry: 'later', cause: { code: 'ENOTDIR' } });
    expect(await readFile(join(root, 'checkpoint'), 'utf8')).toBe('one');
    await storage.close();
  });

  const openFiles = () => readdirSync('/proc/self/fd').length;
  (existsSync('/proc/self/fd') ? it : it.skip)('holds few files open at once, however many it stores', async () => {
    const storage = await directoryStorage(root);
    const many = Array.from({ length: 200 }, (_, at) =>
      resource(`tile/entries/${String(at).padStart(3, '0')}`, `${at}`),
    );
    const before = openFiles();
    let most = 0;
    const committed = storage.commit({ ...checkpoint('one'), resources: many });
    const watch = setInterval(() => (most = Math.max(most, openFiles())), 0);
    await committed;
    clearInterval(watch);

    expect(await files()).toHaveLength(202);
    expect(most).toBeGreaterThan(before + 10);
    expect(most).toBeLessThan(before + 50);
    await storage.close();
  });
});

describe('one writer', () => {
  it('keeps a second one out until it has closed', async () => {
    const first = await directoryStorage(root);
    expect(await outcome(directoryStorage(root))).toBe('held-by-another-writer');
    await first.close();
    await (await directoryStorage(root)).close();
    expect(await files()).toEqual([]);
  });

  it('is fenced off by one that takes over, and cannot change anything any more', async () => {
    const first = await directoryStorage(root);
    await first.commit(checkpoint('first'));
    const second = await directoryStorage(root, { takeOver: true });
    await second.commit(checkpoint('second'));

    expect(
      await outcome(first.commit({ ...checkpoint('first again'), resources: [resource('tile/0/000', 'x')] })),
    ).toBe('fenced');
    expect(await readFile(join(root, 'checkpoint'), 'utf8')).toBe('second');
    expect(await second.read('tile/0/000')).toBeUndefined();
    await first.close();
    await second.commit(checkpoint('second again'));
    await second.close();
  });

  it('is one of many that want to be, and only one commits last', async () => {
    const writers = await Promise.all(
      Array.from({ length: 8 }, () => directoryStorage(root, { takeOver: true }).catch(codeOf)),
    );
    const open = writers.filter((writer) => typeof writer !== 'string');
    const outcomes = await Promise.all(open.map((writer, at) => outcome(writer.commit(checkpoint(`${at}`)))));
    expect(outcomes.filter((one) => one === 'done')).toHaveLength(1);
    expect(await readFile(join(root, 'checkpoint'), 'utf8')).toBe(`${outcomes.indexOf('done')}`);
    await Promise.all(open.map((writer) => writer.close()));
  });

  it('is the only one of many that do not push', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => outcome(directoryStorage(root))));
    expect(outcomes.sort()).toEqual(['done', ...Array.from({ length: 7 }, () => 'held-by-another-writer')]);
  });

  it.each([
    ['of a process that is gone', { pid: 2 ** 22 + 1 }],
    ['of an earlier boot', { boot: 'another' }],
    ['of an earlier process with this one’s id', { startedTicks: '1' }],
  ])('takes the place %s', async (_whose, difference) => {
    const { host, boot, pid, startedTicks } = await ownerOf(root);
    await leaveBehind({ host, boot, pid, startedTicks, ...difference });
    await (await directoryStorage(root)).close();
  });

  it('does not know whether one on another host is alive, so asks for a decision', async () => {
    await leaveBehind({ ...(await ownerOf(root)), host: 'elsewhere' });
    expect(await outcome(directoryStorage(root))).toBe('held-by-another-writer');
    await (await directoryStorage(root, { takeOver: true })).close();
  });

  it.each([
    ['no owner, as a removal that was cut short leaves it', undefined],
    ['half an owner, as a loss of power leaves it', '{"host":'],
  ])('takes the place of one with %s', async (_what, owner) => {
    await mkdir(join(root, '.writer/1/token'), { recursive: true });
    if (owner !== undefined) await writeFile(join(root, '.writer/1/owner.json'), owner);
    await (await directoryStorage(root)).close();
    expect(await stat(join(root, '.writer/1')).catch(() => 'gone')).toBe('gone');
  });
});

interface Owner {
  readonly host: string;
  readonly boot: string;
  readonly pid: number;
  readonly startedTicks: string;
}

async function ownerOf(folder: string): Promise<Owner> {
  const storage = await directoryStorage(folder);
  const owner = JSON.parse(await readFile(join(folder, '.writer/1/owner.json'), 'utf8')) as Owner;
  await storage.close();
  return owner;
}

async function leaveBehind(owner: Owner): Promise<void> {
  await mkdir(join(root, '.writer/1/token'), { recursive: true });
  await writeFile(join(root, '.writer/1/token/0'), 'staged');
  await writeFile(join(root, '.writer/1/owner.json'), JSON.stringify(owner));
}

describe('a reader of the folder', () => {
  it.each([
    '',
    '/etc/passwd',
    '../one/checkpoint',
    'tile/../checkpoint',
    '.writer/1/owner.json',
    'tile//000',
    'tile/.hidden',
    'TILE/0/000',
    'a\0b',
  ])('refuses %j', async (path) => {
    expect(await outcome(directoryReader(root).read(path))).toBe('path-refused');
  });

  it('tells what is not there from what cannot be read', async () => {
    await mkdir(join(root, 'tile/0/000.p'), { recursive: true });
    await writeFile(join(root, 'checkpoint'), 'x');
    expect(await directoryReader(root).read('head')).toBeUndefined();
    expect(await directoryReader(root).read('checkpoint/0')).toBeUndefined();
    expect(await outcome(directoryReader(root).read('tile/0/000.p'))).toBe('read-failed');
  });
});
