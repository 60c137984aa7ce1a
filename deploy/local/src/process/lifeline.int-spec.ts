import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const NODE = [
  '--experimental-transform-types',
  '--disable-warning=ExperimentalWarning',
  '--import',
  fixture('source-hooks.mjs'),
];

interface Host {
  readonly process: ChildProcess;
  readonly watchdog: number;
  readonly ended: Promise<{ code: number | null; stderr: string }>;
}

describe('what a run leaves behind', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hie-lifeline-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Starts the host and waits until its two children and their two children run. */
  const startHost = async (then: 'wait' | 'crash', prefix: readonly string[] = []): Promise<Host> => {
    const words = [...prefix, process.execPath, ...NODE, fixture('host.mjs'), folder, then];
    const child = spawn(words[0] as string, words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
      child.on('exit', (code) => resolve({ code, stderr }));
    });
    await until(
      () => stdout.includes('\n'),
      () => `the host said ${stdout}${stderr}`,
    );
    const { watchdog } = JSON.parse(stdout) as { watchdog: number };
    watchdogs.add(watchdog);
    await until(
      () => then === 'crash' || runningFor(folder).length >= 5,
      () => `only ${runningFor(folder).join(' ')} run`,
    );
    return { process: child, watchdog, ended };
  };
  const nothingIsLeft = (): Promise<void> =>
    until(
      () => runningFor(folder).length === 0,
      () => `${runningFor(folder).join(' ')} are left`,
    );

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'is nothing after %s, and the run ends in order',
    async (signal) => {
      const host = await startHost('wait');
      host.process.kill(signal);
      await expect(host.ended).resolves.toMatchObject({ code: 0, stderr: '' });
      await nothingIsLeft();
    },
    30_000,
  );

  it('is nothing after SIGKILL of the run itself', async () => {
    const host = await startHost('wait');
    host.process.kill('SIGKILL');
    await nothingIsLeft();
  }, 30_000);

  it('is nothing after SIGKILL of its watchdog and then of the run', async () => {
    const host = await startHost('wait');
    process.kill(host.watchdog, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 500));
    host.process.kill('SIGKILL');
    await nothingIsLeft();
  }, 30_000);

  it('is nothing after a child that may not be restarted has crashed; one sentence says which', async () => {
    const host = await startHost('crash');
    const { code, stderr } = await host.ended;
    expect(code).toBe(1);
    expect(stderr.trim()).toBe(
      `A process that may not be restarted has ended; its log says why (process second, signal SIGKILL, log ${join(folder, 'second.log')}).`,
    );
    await nothingIsLeft();
  }, 30_000);

  const hasTerminals = spawnSync('script', ['--version']).status === 0;
  const onTerminal = hasTerminals ? it : it.skip;
  const why = hasTerminals ? '' : ' (skipped: there is no `script` to open one with)';
  onTerminal(
    `is nothing after the terminal is closed${why}`,
    async () => {
      const words = [process.execPath, ...NODE, fixture('host.mjs'), folder, 'wait'];
      const terminal = spawn('script', ['-qfc', words.map((word) => `'${word}'`).join(' '), '/dev/null'], {
        stdio: ['pipe', 'ignore', 'ignore'],
        detached: true,
      });
      await until(
        () => runningFor(folder).length >= 6,
        () => `only ${runningFor(folder).join(' ')} run`,
      );
      process.kill(terminal.pid as number, 'SIGKILL');
      await nothingIsLeft();
    },
    30_000,
  );

  it('is nothing after whoever started the command is gone', async () => {
    const starter = `
      const { spawn } = require('node:child_process');
      spawn(${JSON.stringify(process.execPath)}, ${JSON.stringify([...NODE, fixture('host.mjs'), folder, 'wait'])}, {
        env: { ...process.env, HIE_PARENT_PIPE: '3' }, stdio: ['ignore', 'ignore', 'ignore', 'pipe'], detached: true });
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ['-e', starter], { stdio: 'ignore' });
    await until(
      () => runningFor(folder).length >= 5,
      () => `only ${runningFor(folder).join(' ')} run`,
    );
    child.kill('SIGKILL');
    await nothingIsLeft();
  }, 30_000);
});

/** Marks of the runs of a folder, as seen in its processes while they ran: a stray is known by nothing else. */
const marks = new Map<string, Set<string>>();
const watchdogs = new Set<number>();
const ownMarks = new Set(Object.keys(process.env).filter((name) => name.startsWith('HIE_LIFELINE_')));

/** Numbers of the processes that run for that folder: those called with its name, those with their mark, their watchdogs. */
function runningFor(folder: string): number[] {
  const all = processes().filter(({ pid, line }) => pid !== process.pid && !line.includes('setInterval'));
  const called = all.filter(({ line }) => line.includes(folder));
  const seen = marks.get(folder) ?? new Set<string>();
  marks.set(folder, seen);
  for (const { environment } of called) {
    for (const mark of environment.match(/HIE_LIFELINE_[0-9a-f]+/g) ?? []) if (!ownMarks.has(mark)) seen.add(mark);
  }
  const strays = processes().filter(({ environment }) => [...seen].some((mark) => environment.includes(mark)));
  const guards = all.filter(({ pid }) => watchdogs.has(pid));
  return [...new Set([...called, ...strays, ...guards].map(({ pid }) => pid))];
}

interface Running {
  readonly pid: number;
  readonly line: string;
  readonly environment: string;
}

function processes(): Running[] {
  if (!existsSync('/proc')) {
    const { stdout } = spawnSync('ps', ['-axEo', 'pid=,command='], { encoding: 'utf8' });
    return [...stdout.matchAll(/^ *(\d+) (.*)$/gm)].map(([, pid, line = '']) => ({
      pid: Number(pid),
      line,
      environment: line,
    }));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        if (/\) Z /.test(readFileSync(`/proc/${name}/stat`, 'latin1'))) return [];
        const [line, environment] = ['cmdline', 'environ'].map((file) =>
          readFileSync(`/proc/${name}/${file}`, 'latin1'),
        );
        return [{ pid: Number(name), line: line ?? '', environment: environment ?? '' }];
      } catch {
        // It has ended meanwhile, or is somebody else's.
        return [];
      }
    });
}

async function until(condition: () => boolean, otherwise: () => string): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(otherwise());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
