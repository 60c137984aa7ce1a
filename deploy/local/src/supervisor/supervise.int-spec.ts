import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../free-port.js';
import { type ProcessSpec } from './process-spec.js';
import { supervise, type Supervisor } from './supervise.js';

/** A little server that is ready at once, after a while, or never. Its log says when it starts and when it is asked to end. */
const SERVER = `
  const [port, readyAfterMs, stopAfterMs] = process.argv.slice(1).map(Number);
  console.log('start', Date.now());
  const started = Date.now();
  require('node:http').createServer((request, response) => {
    response.statusCode = Date.now() - started >= readyAfterMs ? 200 : 503;
    response.end();
  }).listen(port, '127.0.0.1');
  process.on('SIGTERM', () => {
    console.log('stop', Date.now());
    if (stopAfterMs >= 0) setTimeout(() => process.exit(0), stopAfterMs);
  });
`;

describe(supervise.name, () => {
  let folder: string;
  let supervisor: Supervisor | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hie-supervise-'));
  });
  afterEach(async () => {
    await supervisor?.stop();
    supervisor = undefined;
    rmSync(folder, { recursive: true });
  });

  const server = async (
    name: string,
    readyAfterMs = 0,
    stopAfterMs = 0,
    more: Partial<ProcessSpec> = {},
  ): Promise<ProcessSpec> => {
    const port = await freePort();
    return {
      name,
      command: process.execPath,
      args: ['-e', SERVER, String(port), String(readyAfterMs), String(stopAfterMs)],
      env: {},
      logFile: join(folder, `${name}.log`),
      readyUrl: `http://127.0.0.1:${port}/health/ready`,
      restart: true,
      ...more,
    };
  };
  const script = (name: string, code: string, more: Partial<ProcessSpec> = {}): ProcessSpec => ({
    name,
    command: process.execPath,
    args: ['-e', code],
    env: {},
    logFile: join(folder, `${name}.log`),
    restart: true,
    ...more,
  });
  const times = (name: string, what: string): number[] =>
    [...readFileSync(join(folder, `${name}.log`), 'utf8').matchAll(new RegExp(`^${what} (\\d+)$`, 'gm'))].map((match) =>
      Number(match[1]),
    );
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it('starts nothing before what it waits for is ready, and stops in reverse order', async () => {
    const ready: string[] = [];
    supervisor = await supervise(
      [
        await server('service', 0, 0, { after: ['store', 'queue'] }),
        await server('store', 300, 200),
        await server('queue'),
      ],
      { onReady: (name) => ready.push(name) },
    );
    expect(ready).toEqual(['queue', 'store', 'service']);
    await supervisor.stop();
    expect(times('service', 'start')[0]).toBeGreaterThanOrEqual((times('store', 'start')[0] as number) + 300);
    expect(times('store', 'stop')[0]).toBeGreaterThanOrEqual(times('service', 'stop')[0] as number);
  });

  it('starts a crashed process again, under another number, and says so', async () => {
    supervisor = await supervise([await server('service')]);
    const exits: unknown[] = [];
    supervisor.onExit((exit) => exits.push(exit));
    const pid = supervisor.pid('service') as number;
    process.kill(pid, 'SIGKILL');
    await until(() => exits.length > 0);
    await supervisor.ready('service');
    expect(exits).toEqual([{ name: 'service', pid, exit: { code: null, signal: 'SIGKILL' }, restarts: true }]);
    expect(supervisor.pid('service')).not.toBe(pid);
    expect(times('service', 'start')).toHaveLength(2);
  });

  it('survives being killed on purpose more often than a crash would be forgiven', async () => {
    supervisor = await supervise([await server('service')], {
      policy: { steadyMs: 10_000, firstDelayMs: 1, longestDelayMs: 1, shortLives: 2 },
    });
    for (let round = 0; round < 4; round += 1) {
      const pid = supervisor.pid('service');
      supervisor.kill('service');
      await until(() => supervisor?.pid('service') !== pid && supervisor?.pid('service') !== undefined);
      await supervisor.ready('service');
    }
    expect(times('service', 'start')).toHaveLength(5);
  });

  it('gives up on one that ends again and again, and names its log', async () => {
    const logFile = join(folder, 'doomed.log');
    supervisor = await supervise([script('doomed', 'setTimeout(() => process.exit(3), 20)')], {
      policy: { steadyMs: 10_000, firstDelayMs: 1, longestDelayMs: 1, shortLives: 3 },
    });
    await expect(supervisor.failure).resolves.toMatchObject({
      code: 'process-gave-up',
      detail: { process: 'doomed', 'exit code': 3, log: logFile },
    });
    await expect(supervisor.ready('doomed')).rejects.toMatchObject({ code: 'process-gave-up' });
    expect(supervisor.pid('doomed')).toBeUndefined();
  });

  it('reports the end of one that may not be started again', async () => {
    supervisor = await supervise([script('once', 'setTimeout(() => process.exit(0), 50)', { restart: false })]);
    await expect(supervisor.failure).resolves.toMatchObject({ code: 'process-ended', detail: { process: 'once' } });
  });

  it('keeps down what was taken down, until it is brought up', async () => {
    supervisor = await supervise([await server('service')]);
    await supervisor.takeDown('service');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(supervisor.pid('service')).toBeUndefined();
    await supervisor.bringUp('service');
    expect(supervisor.pid('service')).toBeDefined();
    expect(times('service', 'start')).toHaveLength(2);
  });

  it('ends with SIGKILL what does not end in its time, and what it started with it', async () => {
    const code = `
      process.on('SIGTERM', () => undefined);
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      console.log('start', child.pid);
      setInterval(() => {}, 1000);
    `;
    supervisor = await supervise([script('stubborn', code, { stopWithinMs: 200 })]);
    await until(() => times('stubborn', 'start').length > 0);
    const pids = [supervisor.pid('stubborn') as number, ...times('stubborn', 'start')];
    await supervisor.stop();
    await until(() => !pids.some(isAlive));
    expect(pids.map(isAlive)).toEqual([false, false]);
  });

  it('stops the others when one ends before it was ready, and names its log', async () => {
    const store = await server('store');
    const broken = script('broken', "console.error('no configuration'); process.exit(7)", {
      readyUrl: 'http://127.0.0.1:1/',
    });
    await expect(supervise([store, { ...broken, after: ['store'] }])).rejects.toMatchObject({
      code: 'process-ended',
      detail: { process: 'broken', 'exit code': 7, log: join(folder, 'broken.log') },
    });
    expect(times('store', 'stop')).toHaveLength(1);
    expect(readFileSync(join(folder, 'broken.log'), 'utf8')).toMatch(/no configuration/);
  });

  it('says that a port is taken, from what the process logged', async () => {
    const store = await server('store');
    const port = store.args[2] as string;
    const rival = {
      ...(await server('rival')),
      args: ['-e', SERVER, port, '0', '0'],
      readyUrl: 'http://127.0.0.1:1/',
      after: ['store'],
    };
    await expect(supervise([store, rival])).rejects.toMatchObject({ code: 'port-taken', detail: { process: 'rival' } });
  });

  it('says that one did not become ready in its time', async () => {
    const slow = await server('slow', 60_000, 0, { readyWithinMs: 300 });
    await expect(supervise([slow])).rejects.toMatchObject({ code: 'process-not-ready', detail: { process: 'slow' } });
  });

  it('says that a command is not there', async () => {
    await expect(supervise([script('none', '', { command: '/no/such/program' })])).rejects.toMatchObject({
      code: 'process-not-startable',
      detail: { command: '/no/such/program' },
    });
  });

  it('gives a child the environment of its spec and nothing of its own', async () => {
    process.env['HIE_TEST_SECRET'] = 'inherited';
    supervisor = await supervise([
      script('child', 'console.log(JSON.stringify(process.env)); setInterval(() => {}, 1000)', {
        env: { ONLY: 'this' },
      }),
    ]);
    await until(() => readFileSync(join(folder, 'child.log'), 'utf8').includes('\n'));
    delete process.env['HIE_TEST_SECRET'];
    const seen = JSON.parse(readFileSync(join(folder, 'child.log'), 'utf8')) as Record<string, string>;
    expect(Object.keys(seen).filter((name) => !name.startsWith('HIE_LIFELINE_'))).toEqual(['ONLY']);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
