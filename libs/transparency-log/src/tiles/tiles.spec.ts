// Paths and widths are those of the specification's own examples (index 1234067, a tree of 70,000) and, worked by hand, the
// rows at each edge.
import { TransparencyLogError } from '../failure.js';
import { memoryStorage } from '../log/memory-storage.js';
import { leafHash, nodeHash } from '../merkle/hash.js';
import { decodeBundle, encodeEntry } from './entry-bundle.js';
import { headersOf, resourceOf } from './resource.js';
import { entriesPath, partialTiles, tileIn, tilePath } from './tile-path.js';
import { locate, readBundle, readTile, tileHashes } from './tile-store.js';

const codeOf = (failure: unknown): string => (failure instanceof TransparencyLogError ? failure.code : String(failure));

describe('a path', () => {
  it.each([
    [{ level: 0, index: 0, width: 1 }, 'tile/0/000.p/1'],
    [{ level: 0, index: 0, width: 255 }, 'tile/0/000.p/255'],
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 1, index: 999, width: 256 }, 'tile/1/999'],
    [{ level: 2, index: 1000, width: 17 }, 'tile/2/x001/000.p/17'],
    [{ level: 63, index: 1_234_067, width: 8 }, 'tile/63/x001/x234/067.p/8'],
    [{ level: 0, index: 1_000_000_000, width: 256 }, 'tile/0/x001/x000/x000/000'],
  ])('of %o is %s, and back', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(resourceOf(path)).toEqual({ kind: 'tile', ...tile });

    const { level: _level, ...bundle } = tile;
    const entries = path.replace(/^tile\/\d+/, 'tile/entries');
    expect(entriesPath(bundle)).toBe(entries);
    expect(resourceOf(entries)).toEqual({ kind: 'entries', ...bundle });
  });

  it.each([
    '',
    '/checkpoint',
    'checkpoint/',
    'head',
    '.writer/1',
    'tile',
    'tile/0',
    'tile/0/00',
    'tile/0/0000',
    'tile/00/000',
    'tile/01/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/001/000',
    'tile/0/x000/001',
    'tile/0/x001/x000',
    'tile/0/000.p',
    'tile/0/000.p/0',
    'tile/0/000.p/01',
    'tile/0/000.p/256',
    'tile/0/000.p/999',
    'tile/0/../../etc/passwd',
    'tile/entries',
    'tile/Entries/000',
    'tile/0/000?',
    'tile/0/000\n',
    'tile/0/x999/x999/x999/x999/x999/x999/999',
  ])('%j is no resource', (path) => {
    expect(resourceOf(path)).toBeUndefined();
  });

  it('says how long it may be kept', () => {
    expect(headersOf({ kind: 'checkpoint' })).toEqual({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-cache',
    });
    expect(headersOf({ kind: 'entries', index: 0, width: 256 })).toEqual({
      'content-type': 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });
});

describe('the partial tiles of a tree', () => {
  const tile = (level: number, index: number, width: number) => ({ level, index, width });
  it.each([
    [0, []],
    [1, [tile(0, 0, 1)]],
    [255, [tile(0, 0, 255)]],
    [256, [tile(1, 0, 1)]],
    [257, [tile(0, 1, 1), tile(1, 0, 1)]],
    [65_535, [tile(0, 255, 255), tile(1, 0, 255)]],
    [65_536, [tile(2, 0, 1)]],
    [65_537, [tile(0, 256, 1), tile(2, 0, 1)]],
    [70_000, [tile(0, 273, 112), tile(1, 1, 17), tile(2, 0, 1)]],
    [2 ** 40 + 3, [tile(0, 2 ** 32, 3), tile(5, 0, 1)]],
  ])('of %i entries', (size, expected) => {
    expect(partialTiles(size)).toEqual(expected);
    for (const one of expected) expect(tileIn(size, one.level, one.index)).toEqual(one);
  });

  it('are beside full ones, and nothing is beyond them', () => {
    expect(tileIn(70_000, 0, 272)).toEqual(tile(0, 272, 256));
    expect(tileIn(70_000, 0, 274)).toBeUndefined();
    expect(tileIn(70_000, 3, 0)).toBeUndefined();
  });
});

describe('a bundle', () => {
  const entries = [Buffer.from('a'), Buffer.alloc(0), Buffer.alloc(65_535, 7)];
  const bundle = Buffer.concat(entries.map(encodeEntry));

  it('holds entries of 0 to 65,535 bytes, each after its length', () => {
    expect(bundle.subarray(0, 7).toString('hex')).toBe('0001610000ffff');
    expect(decodeBundle(bundle, 3).map((entry) => Buffer.from(entry))).toEqual(entries);
    expect(() => encodeEntry(Buffer.alloc(65_536))).toThrow('entry-too-large');
  });

  it('must hold what it is said to hold, and nothing else', () => {
    for (const [bytes, count] of [
      [bundle, 2],
      [bundle, 4],
      [bundle.subarray(0, -1), 3],
      [bundle.subarray(0, 4), 2],
      [Buffer.alloc(0), 1],
    ] as const) {
      expect(() => decodeBundle(bytes, count)).toThrow('bundle-malformed');
    }
  });

  it('may hold more where it stands in for a partial one', () => {
    expect(decodeBundle(bundle, 2, false)).toHaveLength(2);
    expect(() => decodeBundle(bundle, 4, false)).toThrow('bundle-malformed');
  });
});

describe('hashes from tiles', () => {
  const leaves = Array.from({ length: 256 }, (_, at) => leafHash(Buffer.of(at)));
  const full = Buffer.concat(leaves);
  const storage = memoryStorage(
    new Map([
      ['tile/0/000', full],
      ['tile/1/000.p/1', leafHash(Buffer.from('up'))],
      ['tile/0/001.p/3', full.subarray(0, 96)],
    ]),
  );

  it('are read, or computed from the hashes below', async () => {
    const [leaf, pair, above] = await tileHashes(storage)(259)([
      { level: 0, index: 258 },
      { level: 1, index: 2 },
      { level: 8, index: 0 },
    ]);
    expect(Buffer.from(leaf!)).toEqual(leaves[2]);
    expect(Buffer.from(pair!)).toEqual(nodeHash(leaves[4]!, leaves[5]!));
    expect(Buffer.from(above!)).toEqual(leafHash(Buffer.from('up')));
  });

  it.each([
    [{ level: 0, index: 259 }, 259],
    [{ level: 1, index: 129 }, 259],
    [{ level: 9, index: 0 }, 259],
    [{ level: 8, index: 0 }, 255],
  ])('are not asked for where the tree has none: %o of %i', (subtree, size) => {
    expect(() => locate(subtree, size)).toThrow(RangeError);
  });

  it('come from the full tile when its partial version is gone, which must then be full', async () => {
    expect(Buffer.from(await readTile(storage, { level: 0, index: 0, width: 7 }))).toEqual(full.subarray(0, 224));
    const short = memoryStorage(new Map([['tile/0/000', full.subarray(32)]]));
    expect(await readTile(short, { level: 0, index: 0, width: 7 }).catch(codeOf)).toBe('tile-malformed');
    expect(await readTile(short, { level: 0, index: 0, width: 256 }).catch(codeOf)).toBe('tile-malformed');
    expect(await readBundle(short, { index: 0, width: 7 }).catch(codeOf)).toBe('resource-missing');
  });

  it('are kept as long as there is room, and asked for again after a failure', async () => {
    const reads: string[] = [];
    let broken = true;
    const hashes = tileHashes(
      {
        read: (path) => {
          reads.push(path);
          return broken ? Promise.reject(new Error('EIO')) : storage.read(path);
        },
      },
      1,
    )(259);
    await expect(hashes([{ level: 0, index: 0 }])).rejects.toThrow('EIO');
    broken = false;
    await hashes([
      { level: 0, index: 0 },
      { level: 1, index: 9 },
    ]);
    await hashes([{ level: 0, index: 5 }]);
    await hashes([{ level: 0, index: 257 }]);
    await hashes([{ level: 0, index: 5 }]);
    expect(reads).toEqual(['tile/0/000', 'tile/0/000', 'tile/0/001.p/3', 'tile/0/000']);
  });

  it('are kept once for a tile that grows: the wider version is read, and serves the smaller trees too', async () => {
    const reads: string[] = [];
    const row = (width: number) => Buffer.concat(leaves.slice(0, width));
    const growing = memoryStorage(
      new Map([
        ['tile/0/000.p/2', row(2)],
        ['tile/0/000.p/5', row(5)],
      ]),
    );
    const hashesOf = tileHashes({ read: (path) => (reads.push(path), growing.read(path)) }, 1);
    const at = async (size: number, level: number, index: number) =>
      Buffer.from((await hashesOf(size)([{ level, index }]))[0] as Uint8Array);

    expect(await at(2, 1, 0)).toEqual(nodeHash(leaves[0]!, leaves[1]!));
    expect(await at(5, 0, 4)).toEqual(leaves[4]);
    expect(await at(5, 1, 1)).toEqual(nodeHash(leaves[2]!, leaves[3]!));
    expect(await at(2, 1, 0)).toEqual(nodeHash(leaves[0]!, leaves[1]!));
    expect(reads).toEqual(['tile/0/000.p/2', 'tile/0/000.p/5']);
  });
});
