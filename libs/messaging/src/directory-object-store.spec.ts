import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { claimName } from './claim-name.js';
import { directoryObjectStore } from './directory-object-store.js';

const id = (digit: number): string => `0b0c7f9e-5a5f-4d0e-9a51-3a4b8f1c2d3${digit}`;
const hour = 3_600_000;
const retention = { kind: 'delete', retentionMs: hour } as const;

describe('an object store in a folder', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'hie-objects-')), 'objects');
  const store = directoryObjectStore(folder);
  afterAll(() => rmSync(join(folder, '..'), { recursive: true }));

  it('gives back what was put, to its owner alone, and nothing where there is nothing', async () => {
    await store.put('a', Buffer.from('sealed'));
    expect(await store.get('a')).toEqual(Buffer.from('sealed'));
    expect(statSync(join(folder, 'a')).mode & 0o077).toBe(0);
    expect(await store.get('b')).toBeUndefined();
  });

  it('sweeps what has expired, drafts too, and nothing else', async () => {
    const now = Date.now();
    const [over, standing, kept] = [
      claimName(id(1), retention, now - 3 * hour),
      claimName(id(2), retention, now),
      claimName(id(3), { kind: 'compact' }, now - 3 * hour),
    ];
    for (const name of [over, standing, kept]) await store.put(name, Buffer.from(name));
    writeFileSync(join(folder, `.${claimName(id(4), retention, now - 3 * hour)}`), 'half');
    await Promise.all([store.sweep(now), store.sweep(now)]);
    expect(readdirSync(folder).sort()).toEqual([standing, 'a', kept].sort());
  });
});
