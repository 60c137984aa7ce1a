import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { type ProcessIdentity, isRunning, processIdentity } from '@hie/local-exchange';

const CHECKOUT = fileURLToPath(new URL('../../', import.meta.url));
const LOOK_EVERY_MS = 200;
/** What a tier or npm has put into this process's environment and a user's shell does not have. */
const NOT_A_USERS = /^(npm_|JEST_|HIE_(?!CACHE$)|NODE_OPTIONS$|NODE_ENV$|INIT_CWD$|KAFKA_BROKERS$|DATABASE_URL$|TLS_)/;

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * A command of the project as somebody types it: through npm, in an environment without what a test run adds. All that it starts is
 * watched (on Linux), so that what is left of it is known by number.
 */
export class TypedCommand {
  readonly finished: Promise<Finished>;
  private readonly said = { out: '', err: '' };
  private readonly seen = new Map<number, ProcessIdentity & { readonly line: string }>();

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk: Buffer) => (this.said.out += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.said.err += chunk.toString()));
    const looking = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.finished = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        clearInterval(looking);
        resolve({ code, ...this.said });
      });
    });
  }

  /** @param words what stands after `npm run` */
  static type(words: readonly string[], environment: Readonly<Record<string, string>>): TypedCommand {
    const own = Object.entries(process.env).filter(([name]) => !NOT_A_USERS.test(name));
    const env = { ...Object.fromEntries(own), ...environment };
    return new TypedCommand(
      spawn('npm', ['run', '--silent', ...words], { cwd: CHECKOUT, env, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** How many processes it has had, itself among them. */
  get started(): number {
    return this.seen.size;
  }

  /** The command lines of those that still run. */
  get left(): readonly string[] {
    return [...this.seen.values()].filter(isRunning).map(({ line }) => line);
  }

  private look(): void {
    for (const { pid, parent, line } of running()) {
      if (this.seen.has(pid) || (pid !== this.child.pid && !this.seen.has(parent))) continue;
      const identity = processIdentity(pid);
      if (identity !== undefined) this.seen.set(pid, { ...identity, line });
    }
  }
}

/** Every process of this machine, a parent as a rule before its children; what is missed at one look is found at the next. */
function running(): readonly { readonly pid: number; readonly parent: number; readonly line: string }[] {
  // Elsewhere nothing is watched.
  const numbers = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return numbers.flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const line = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ');
      return [{ pid: Number(name), parent: Number(parent), line }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}
