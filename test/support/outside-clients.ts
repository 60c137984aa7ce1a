import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const clients = fileURLToPath(new URL('../../docs/clients/', import.meta.url));
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'hie-broker', 'clients');
const WITHIN_MS = 240_000;

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A program from outside: how it is made ready, once for this machine, and run. */
export interface OutsideClient {
  readonly name: string;
  /** Why it can not be run here; `undefined` when it can. */
  prepare(): Promise<string | undefined>;
  run(exchangeFile: string, caCertificate: string): Promise<Ran>;
}

const patient = join(clients, 'patient.json');

const isThere = async (command: string, ...args: string[]): Promise<boolean> =>
  (await run(command, args).catch(() => undefined))?.code === 0;

const node: OutsideClient = {
  name: 'Node.js with openid-client',
  prepare: () => Promise.resolve(undefined),
  run: (file, ca) =>
    run(process.execPath, [join(clients, 'node', 'ask.mjs'), file, patient], { NODE_EXTRA_CA_CERTS: ca }),
};

const java: OutsideClient = {
  name: 'Java with Nimbus JOSE',
  prepare: async () => {
    if (!(await isThere('java', '--list-modules')) || !(await isThere('mvn', '--version')))
      return 'Java or Maven is missing';
    const { out } = await run('java', ['--list-modules']);
    if (!out.includes('jdk.compiler')) return 'Java has no compiler';
    const goal = 'dependency:copy-dependencies';
    const made = await run('mvn', [
      '-q',
      '-f',
      join(clients, 'java', 'pom.xml'),
      goal,
      `-DoutputDirectory=${join(cache, 'java')}`,
    ]);
    return made.code === 0 ? undefined : 'Maven could not fetch its libraries';
  },
  run: (file) => run('java', ['-cp', join(cache, 'java', '*'), join(clients, 'java', 'Ask.java'), file, patient]),
};

const python: OutsideClient = {
  name: 'Python with requests and PyJWT',
  prepare: async () => {
    if (!(await isThere('python3', '--version'))) return 'Python is missing';
    const folder = join(cache, 'python');
    mkdirSync(cache, { recursive: true });
    if (!existsSync(join(folder, 'bin', 'pip')) && !(await isThere('python3', '-m', 'venv', folder)))
      return 'Python makes no environment';
    const list = join(clients, 'python', 'requirements.txt');
    const made = await run(join(folder, 'bin', 'pip'), [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '-r',
      list,
    ]);
    return made.code === 0 ? undefined : 'pip could not fetch its libraries';
  },
  run: (file) => run(join(cache, 'python', 'bin', 'python'), [join(clients, 'python', 'ask.py'), file, patient]),
};

export const outsideClients: readonly OutsideClient[] = [node, java, python];

function run(command: string, args: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const { NODE_OPTIONS: _ofJest, ...inherited } = process.env;
    const child = spawn(command, args, { env: { ...inherited, ...environment }, timeout: WITHIN_MS });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...said }));
  });
}
