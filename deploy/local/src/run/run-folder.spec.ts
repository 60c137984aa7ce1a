import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { processIdentity } from './process-identity.js';
import { openRun } from './run-folder.js';

describe(openRun.name, () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hie-run-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('gives two runs at once a folder each, and the name to the next when it is free', () => {
    const first = openRun('demo', root);
    const second = openRun('demo', root);
    expect([first.path, second.path]).toEqual([join(root, 'demo'), join(root, 'demo-2')]);
    first.release();
    expect(openRun('demo', root).path).toBe(join(root, 'demo'));
    second.release();
  });

  it('takes over what a killed run left, and empties it', () => {
    mkdirSync(join(root, 'demo/kafka'), { recursive: true });
    // The number of this process, and a start that was not its own: the number was used again.
    writeFileSync(join(root, 'demo/run.pid'), JSON.stringify({ pid: process.pid, started: 'before', run: 'x' }));
    const run = openRun('demo', root);
    expect(run.path).toBe(join(root, 'demo'));
    expect(readdirSync(run.path).sort()).toEqual(['logs', 'run.pid']);
    run.release();
  });

  it.each(['', '{', '{"pid":"x"}', '{"pid":999999999,"started":"1","run":"x"}'])(
    'takes over a lock that reads %j',
    (text) => {
      mkdirSync(join(root, 'demo'));
      writeFileSync(join(root, 'demo/run.pid'), text);
      const run = openRun('demo', root);
      expect(run.path).toBe(join(root, 'demo'));
      run.release();
    },
  );

  it('keeps the logs and nothing else', () => {
    const run = openRun('test', root);
    writeFileSync(run.log('kafka'), 'a line');
    writeFileSync(join(run.folder('kafka'), 'data'), 'x');
    run.release();
    expect(readdirSync(run.path)).toEqual(['logs']);
    expect(existsSync(run.log('kafka'))).toBe(true);
  });

  it("lets others pass through but not look, and keeps them out of the run's folders", () => {
    const run = openRun('up', root);
    expect(statSync(run.path).mode & 0o777).toBe(0o711);
    expect(statSync(run.logs).mode & 0o777).toBe(0o700);
    expect(statSync(run.folder('kafka')).mode & 0o777).toBe(0o700);
    run.release();
  });
});

describe(processIdentity.name, () => {
  it('knows this process and no other', () => {
    expect(processIdentity(process.pid)).toMatchObject({ pid: process.pid });
    expect(processIdentity(999_999_999)).toBeUndefined();
  });
});
