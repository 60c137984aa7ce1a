import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { clearTiles } from './clear-tiles.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hie-tiles-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('removes bundles and tiles, leaves what else is there, and can be done again', async () => {
  for (const path of ['tile/entries/x001', 'tile/0', 'tile/1/000.p']) {
    await mkdir(join(folder, path), { recursive: true });
    await writeFile(join(folder, path, '234'), 'x');
  }
  for (const name of ['checkpoint', 'closing.tlog-proof']) await writeFile(join(folder, name), name);
  for (let times = 0; times < 2; times += 1) {
    await clearTiles(folder);
    expect((await readdir(folder)).sort()).toEqual(['checkpoint', 'closing.tlog-proof']);
  }
});

it('says so where the folder is not there', async () => {
  await expect(clearTiles(join(folder, 'none'))).rejects.toMatchObject({ code: 'write-failed' });
});
