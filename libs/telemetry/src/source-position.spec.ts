import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { inSource } from './source-position.js';

// Line 1: from column 0 line 3 column 2 of src/a.ts, from column 10 no source. Worked out by hand: base64 VLQ.
const map = { version: 3, sources: ['../src/a.ts'], names: [], mappings: 'AAEE,U;' };

describe(inSource.name, () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'source-position-'));
    writeFileSync(join(folder, 'main.js.map'), JSON.stringify(map));
    writeFileSync(join(folder, 'broken.js.map'), '{');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const urlOf = (name: string) => pathToFileURL(join(folder, name)).href;

  it('names the place in the source, for a path and for a URL', () => {
    const source = new URL('../src/a.ts', urlOf('main.js')).href;
    expect(inSource(`at f (${urlOf('main.js')}:1:1)`)).toBe(`at f (${source}:3:3)`);
    expect(inSource(`at async ${join(folder, 'main.js')}:1:1`)).toBe(`at async ${source}:3:3`);
  });

  it.each([
    ['of no source', 'main.js', ':1:15'],
    ['in a file without a map', 'other.js', ':1:1'],
    ['in a file with a broken map', 'broken.js', ':1:1'],
  ])('leaves a position %s as it is', (_, name, at) => {
    const frame = `at f (${urlOf(name)}${at})`;
    expect(inSource(frame)).toBe(frame);
  });

  it('leaves what is no position', () => {
    for (const frame of ['at new Promise (<anonymous>)', 'at node:internal/process/task_queues:95:5']) {
      expect(inSource(frame)).toBe(frame);
    }
  });
});
