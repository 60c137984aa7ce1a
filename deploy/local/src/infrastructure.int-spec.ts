import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openRun, startInfrastructure, supervise } from './index.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const source = readFileSync(new URL(import.meta.url), 'utf8');

describe(startInfrastructure.name, () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'hie-infrastructure-'));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('runs the example of the README', async () => {
    const openRunHere = (name: string) => openRun(name, root);
    // The example, word for word; `openRun` alone is held to a folder of the test's own.
    {
      const openRun = openRunHere;
      // README
      const run = openRun('example');
      const infrastructure = await startInfrastructure({ run });
      const { kafka, postgres, certificates } = infrastructure;

      await postgres.createRole('consent', 'a password');
      await postgres.createDatabase('consent', 'consent');
      const leaf = await certificates.leaf('consent'); // principal User:consent
      const supervisor = await supervise([
        {
          name: 'consent',
          command: process.execPath,
          args: ['-e', 'setInterval(() => {}, 1000)'],
          env: {
            KAFKA_BROKERS: kafka.brokers,
            DATABASE_URL: postgres.urlFor('consent', 'a password', 'consent'),
            TLS_CA: certificates.certificatePath,
            TLS_CERT: leaf.certificatePath,
            TLS_KEY: leaf.keyPath,
          },
          logFile: run.log('consent'),
          restart: true,
        },
      ]);

      supervisor.kill('consent'); // SIGKILL; it is started again at once
      await supervisor.stop();
      await infrastructure.stop();
      run.release();
      // README
    }
    expect(readdirSync(join(root, 'example'))).toEqual(['logs']);
  }, 180_000);

  it('has the example of the README as it stands there', () => {
    const [, example] = /```ts\n([\s\S]+?)```/.exec(readme) ?? [];
    const [, here = ''] = source.split(/^ *\/\/ README\n/m);
    const lines = (text = ''): string[] =>
      text
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean);
    expect(lines(here)).toEqual(lines(example));
  });

  it('says which given server is silent, and stops the other', async () => {
    const run = openRun('given', root);
    const env = { KAFKA_BROKERS: '127.0.0.1:1' };
    await expect(startInfrastructure({ run, env })).rejects.toMatchObject({
      code: 'given-server-silent',
      detail: { variable: 'KAFKA_BROKERS' },
    });
    expect(existsSync(join(run.path, 'postgres', 'data', 'postmaster.pid'))).toBe(false);
    run.release();
  }, 60_000);

  it('uses given servers and stops none of them', async () => {
    const run = openRun('own', root);
    const own = await startInfrastructure({ run });
    const second = openRun('guest', root);
    const guest = await startInfrastructure({ run: second, env: own.environment });
    expect(guest.environment).toMatchObject({
      KAFKA_BROKERS: own.environment['KAFKA_BROKERS'],
      DATABASE_URL: own.environment['DATABASE_URL'],
      TLS_CERT: own.environment['TLS_CERT'],
    });
    expect(readdirSync(second.path).sort()).toEqual(['certificates', 'logs', 'run.pid']);
    await guest.stop();
    second.release();
    await own.postgres.createRole('still-there', 'x');
    await own.stop();
    run.release();
  }, 180_000);
});
