import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installOnce, requireDisk, withLock } from '../../setup/cache.mjs';
import { SetupError } from '../../setup/progress.mjs';

const CACHE = new URL('../../setup/cache.mjs', import.meta.url).href;
const nobodyWaits = { needsBytes: 1, onWait: () => undefined };

describe(installOnce.name, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hie-cache-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('fetches once for eight runs at the same time, and none sees half of it', async () => {
    const code = `
      const { installOnce } = await import(${JSON.stringify(CACHE)});
      const { appendFileSync, readFileSync, writeFileSync } = await import('node:fs');
      const [folder] = process.argv.slice(1);
      await installOnce(folder + '/thing', { needsBytes: 1, onWait: () => {} }, async (draft) => {
        appendFileSync(folder + '/fetches', 'x');
        writeFileSync(draft + '/first', '1');
        await new Promise((resolve) => setTimeout(resolve, 300));
        writeFileSync(draft + '/second', '2');
      });
      process.stdout.write(readFileSync(folder + '/thing/first', 'utf8') + readFileSync(folder + '/thing/second', 'utf8'));
    `;
    const outputs = await Promise.all(
      Array.from({ length: 8 }, () => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', code, folder], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let output = '';
        child.stdout.on('data', (chunk) => (output += chunk));
        return new Promise<string>((resolve) => child.on('close', () => resolve(output)));
      }),
    );
    expect(outputs).toEqual(Array.from({ length: 8 }, () => '12'));
    expect(readFileSync(join(folder, 'fetches'), 'utf8')).toBe('x');
    expect(readdirSync(folder).sort()).toEqual(['fetches', 'thing']);
  }, 30_000);

  it('leaves nothing of a fetch that failed, and tries again the next time', async () => {
    const target = join(folder, 'thing');
    const failing = installOnce(target, nobodyWaits, (draft) => {
      writeFileSync(join(draft, 'half'), '');
      return Promise.reject(new SetupError('no network'));
    });
    await expect(failing).rejects.toThrow('no network');
    expect(readdirSync(folder)).toEqual([]);
    await expect(installOnce(target, nobodyWaits, async () => undefined)).resolves.toBe(true);
    await expect(installOnce(target, nobodyWaits, async () => undefined)).resolves.toBe(false);
  });

  it('is content with what another has put in place meanwhile', async () => {
    const target = join(folder, 'thing');
    const late = installOnce(target, nobodyWaits, async (draft) => {
      writeFileSync(join(draft, 'mine'), '');
      mkdirSync(target);
      writeFileSync(join(target, 'theirs'), '');
    });
    await expect(late).resolves.toBe(false);
    expect(readdirSync(target)).toEqual(['theirs']);
    expect(readdirSync(folder)).toEqual(['thing']);
  });

  it('takes over the lock of a run that was killed', async () => {
    const target = join(folder, 'thing');
    mkdirSync(`${target}.lock`);
    writeFileSync(join(`${target}.lock`, 'pid'), '999999999');
    await expect(installOnce(target, nobodyWaits, async () => undefined)).resolves.toBe(true);
  });

  it('sweeps away drafts of runs that were killed long ago', async () => {
    const [old, young] = ['other.draft-1-aa', 'other.draft-2-bb'].map((name) => join(folder, name)) as [string, string];
    for (const draft of [old, young]) mkdirSync(draft);
    utimesSync(old, new Date(0), new Date(0));
    await installOnce(join(folder, 'thing'), nobodyWaits, async () => undefined);
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
  });

  it('says what to do where the disk is full', () => {
    expect(() => requireDisk(folder, 1e18)).toThrow(/Too little disk is left.*free some/);
  });

  const asOther = process.getuid?.() === 0 ? it.skip : it;
  asOther(
    'says what to do where the folder may not be written (skipped for root, who may write every folder)',
    async () => {
      chmodSync(folder, 0o500);
      await expect(installOnce(join(folder, 'thing'), nobodyWaits, async () => undefined)).rejects.toThrow(/HIE_CACHE/);
      chmodSync(folder, 0o700);
    },
  );
});

describe(withLock.name, () => {
  it('lets one in at a time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hie-lock-'));
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 30));
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withLock(join(folder, 'lock'), () => undefined, work)));
    expect(most).toBe(1);
    rmSync(folder, { recursive: true });
  });
});
