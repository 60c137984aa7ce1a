// Where: XDG Base Directory Specification, XDG_STATE_HOME.
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { KeptSession, SessionKeeper } from '@hie/exchange-client';
import { z } from 'zod';

import { CliError } from './cli-error.js';

const sessionSchema = z.object({
  ...{ issuer: z.url(), tokenUrl: z.url(), revocationUrl: z.url(), clientId: z.string(), personId: z.string() },
  ...{ signedInAt: z.string(), refreshToken: z.string(), proofKey: z.looseObject({ kty: z.string() }) },
});

/** Longer than a refresh may take: a lock of that age was left by a command that died. */
const STALE_MS = 30_000;
const WAIT_MS = 45_000;
const LOOK_EVERY_MS = 25;

/**
 * The session of whoever has signed in at one exchange: a file that its owner alone may read, replaced whole, and used by one command at a time.
 */
export class SessionFile implements SessionKeeper {
  private constructor(
    private readonly issuer: string,
    readonly path: string,
  ) {}

  static of(issuer: string, env: NodeJS.ProcessEnv = process.env): SessionFile {
    const state = env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
    const { host, pathname } = new URL(issuer);
    const name = `${host}${pathname.replace(/\/+$/, '')}`.replaceAll(/[^\w.-]/g, '_');
    return new SessionFile(issuer, join(state, 'hie', `${name}.json`));
  }

  /** `undefined` where nobody has signed in, or at another exchange that was at this address before. */
  read(): KeptSession | undefined {
    try {
      const kept = sessionSchema.parse(JSON.parse(readFileSync(this.path, 'utf8')));
      return kept.issuer === this.issuer ? kept : undefined;
    } catch {
      // None, or one that can not be read: nobody is signed in by it.
      return undefined;
    }
  }

  write(kept: KeptSession): void {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const next = `${this.path}.${randomUUID()}`;
    const file = openSync(next, 'wx', 0o600);
    try {
      writeFileSync(file, JSON.stringify(kept));
      // The former token is spent already: what takes its place must be there after a power cut.
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(next, this.path);
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }

  async change<T>(use: (kept: KeptSession) => Promise<{ readonly kept: KeptSession; readonly result: T }>): Promise<T> {
    const unlock = await this.lock();
    try {
      const before = this.read();
      if (before === undefined) throw new CliError('refused', 'Nobody is signed in any more: npx hie sign-in');
      const { kept, result } = await use(before);
      this.write(kept);
      return result;
    } finally {
      unlock();
    }
  }

  private async lock(): Promise<() => void> {
    const path = `${this.path}.lock`;
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      try {
        closeSync(openSync(path, 'wx', 0o600));
        return () => rmSync(path, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      if (Date.now() > deadline) throw new CliError('refused', 'Another command holds the session; try again.');
      if (ageMsOf(path) > STALE_MS) rmSync(path, { force: true });
      else await sleep(LOOK_EVERY_MS);
    }
  }
}

function ageMsOf(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    // Gone meanwhile.
    return 0;
  }
}
