import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type TestCertificate, testCertificate } from './spec-support/test-member.js';

const main = join(import.meta.dirname, '../dist/main.js');
const isBuilt = existsSync(main);
if (!isBuilt && process.env['CI'] !== undefined)
  throw new Error('hospital-simulator must be built before its integration tests');
if (!isBuilt) console.info('skipped: the process of the hospital simulator, because it is not built (npm run build)');

// Starting a process takes seconds on a busy machine.
const TIMEOUT_MS = 30_000;

(isBuilt ? describe : describe.skip)('the process', () => {
  let certificate: TestCertificate;
  let folder: string;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    certificate = await testCertificate();
    folder = await mkdtemp(join(tmpdir(), 'simulator-process-'));
  });
  afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));
  afterAll(async () => {
    await certificate.remove();
    await rm(folder, { recursive: true });
  });

  const config = (more: object = {}): object => ({
    population: { seed: 1, people: 50 },
    hospitals: [
      {
        id: 'a',
        organizationId: 'org-a',
        name: 'A',
        port: 0,
        tls: { certPath: certificate.certPath, keyPath: certificate.keyPath },
        identifierSystem: 'urn:oid:2.999.1',
      },
    ],
    ...more,
  });

  /** Starts the process and waits for its first line. */
  const start = async (
    json: object,
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ child: ChildProcess; line: Record<string, unknown> }> => {
    const path = join(folder, 'config.json');
    await writeFile(path, JSON.stringify(json));
    const child = spawn(process.execPath, [main], {
      env: { ...process.env, NODE_OPTIONS: '', SIMULATOR_CONFIG: path, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    let text = '';
    for await (const chunk of child.stdout!) {
      text += String(chunk);
      if (text.includes('\n')) break;
    }
    return { child, line: JSON.parse(text.split('\n')[0] ?? '') as Record<string, unknown> };
  };

  it(
    'says in one line of JSON that it is ready, and stops at SIGTERM',
    async () => {
      const { child, line } = await start(config());
      expect(line).toMatchObject({
        event: 'ready',
        hospitals: [{ id: 'a', fhirUrl: expect.stringMatching(/^https:\/\/localhost:\d+\/fhir$/) }],
      });
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
    },
    TIMEOUT_MS,
  );

  it(
    'exits when its parent lets go of its standard input',
    async () => {
      const { child } = await start(config(), { SIMULATOR_EXIT_WITH_PARENT: '1' });
      child.stdin?.end();
      expect(await once(child, 'exit')).toEqual([0, null]);
    },
    TIMEOUT_MS,
  );

  it.each<[string, object, object]>([
    ['a configuration that is wrong', { people: 3 }, { event: 'failed', code: 'invalid', faults: expect.any(Array) }],
    [
      'bundles that are not there',
      { population: { bundles: '/nowhere' } },
      { event: 'failed', code: 'unreadable-folder' },
    ],
  ])(
    'ends with its reason for %s',
    async (_name, more, expected) => {
      const { child, line } = await start(config(more));
      expect(line).toMatchObject(expected);
      expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(1);
    },
    TIMEOUT_MS,
  );

  it(
    'ends with its reason when a port is taken',
    async () => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const [hospital] = (config() as { hospitals: object[] }).hospitals;
      const { line } = await start(
        config({ hospitals: [{ ...hospital, port: (taken.address() as AddressInfo).port }] }),
      );
      taken.close();
      expect(line).toMatchObject({ event: 'failed', code: 'EADDRINUSE' });
    },
    TIMEOUT_MS,
  );
});
