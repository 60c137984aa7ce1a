import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LAUNCH = fileURLToPath(new URL('../../setup/launch.mjs', import.meta.url));

describe('a command line of the workspace', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'launch-'));
    writeFileSync(join(folder, 'main.mjs'), 'export const main = async (args) => args.length;\n');
    const launched = `await launch(import.meta.url, built, ({ main }) => main(process.argv.slice(2)), { notSetUp: 7 })`;
    for (const [name, built] of Object.entries({ ready: ['./main.mjs'], unbuilt: ['./main.mjs', './missing.mjs'] })) {
      const lines = [
        `import { launch } from ${JSON.stringify(LAUNCH)};`,
        `const built = ${JSON.stringify(built)};`,
        `process.exitCode = ${launched};`,
      ];
      writeFileSync(join(folder, `${name}.mjs`), lines.join('\n'));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, [join(folder, `${name}.mjs`), ...args], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });

  it('runs at once when it is built, and exits with its own code', () => {
    expect(run('ready', ['a', 'b', 'c'])).toMatchObject({ status: 3, stderr: '' });
  });

  it('does not set up twice, and exits with the code that it keeps for that', () => {
    const { status, stderr } = run('unbuilt', [], { HIE_LAUNCHED: '1' });
    expect(status).toBe(7);
    expect(stderr).toContain('could not be set up');
  });
});

describe.each([
  ['hie-match', 'hie-match dedupe --in'],
  ['hie-ledger', 'hie-ledger verify'],
  ['hie', 'participants'],
])('npx %s', (name, usage) => {
  it('says how it is used', () => {
    const bin = fileURLToPath(new URL(`../../../../apps/${name}/bin/${name}.mjs`, import.meta.url));
    const { stdout, stderr } = spawnSync(process.execPath, [bin, '--help'], { encoding: 'utf8' });
    expect(stdout + stderr).toContain(usage);
  });
});
