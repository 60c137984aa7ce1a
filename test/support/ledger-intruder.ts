import { execFile } from 'node:child_process';
import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type LogFault, CHECKPOINT_PATH, shardOfOrigin } from '@hie/transparency-log';
import pg from 'pg';
import { request } from 'undici';

import type { PublicLog } from './public-log.js';
import type { SharedExchange } from './shared-exchange.js';

const cli = new URL('../../apps/hie-ledger/bin/hie-ledger.mjs', import.meta.url).pathname;

/** What `hie-ledger verify --json` says, and its exit code. */
export interface CliVerdict {
  readonly exit: number;
  readonly kind: string;
  readonly fault?: LogFault;
}

/** SQL and what it is given. */
export type Statement = readonly [text: string, values: readonly unknown[]];

/** Somebody with every right in the database and on the disks of a running exchange. What is done must be taken back. */
export class LedgerIntruder {
  readonly pool: pg.Pool;
  /** The shard that takes entries, and its folder. */
  readonly shard: string;
  readonly shardFolder: string;

  constructor(
    private readonly exchange: SharedExchange,
    log: PublicLog,
  ) {
    const { description, ca, run } = exchange;
    this.pool = new pg.Pool({ connectionString: description.database.url, ssl: { ca }, max: 1 });
    this.shard = shardOfOrigin(log.trust.origin)?.name ?? '';
    this.shardFolder = join(run, 'ledger', this.shard);
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  /** F7: turns off what guards a table, does as they please, and turns it on again, in one transaction. */
  async rewrite(table: string, statements: readonly Statement[]): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query(`begin; alter table audit_ledger.${table} disable trigger all`);
      for (const [text, values] of statements) await client.query(text, [...values]);
      await client.query(`alter table audit_ledger.${table} enable trigger all; commit`);
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }

  /** @returns the status: 204 once it is done; 500 when a process did not come up. */
  async control(verb: 'down' | 'up', name: string): Promise<number> {
    const { statusCode, body } = await request(`${this.exchange.controlUrl}/${verb}/${name}`, {
      ...{ method: 'POST', headersTimeout: 0, bodyTimeout: 0 },
    });
    await body.dump();
    return statusCode;
  }

  /** The text that a process has written into its log so far. */
  said(name: string): Promise<string> {
    return readFile(join(this.exchange.run, 'logs', `${name}.log`), 'utf8');
  }

  /** What a verifier says of the files as they lie there, with a checkpoint kept from before. */
  async verify(folder: string, old?: string): Promise<CliVerdict> {
    const { witnesses, quorum, verifierKey } = this.exchange.description.ledger;
    const args = [
      ...['verify', '--dir', folder, '--key', verifierKey, '--alone', '--json', '--quorum', String(quorum)],
      ...witnesses.flatMap(({ verifierKey: key }) => ['--witness', key]),
      ...(old === undefined ? [] : ['--old', old]),
    ];
    const [exit, said] = await new Promise<[number, string]>((resolve) => {
      execFile(process.execPath, [cli, ...args], { maxBuffer: 1 << 24 }, (error, stdout) =>
        resolve([typeof error?.code === 'number' ? error.code : 0, stdout]),
      );
    });
    return { exit, ...(JSON.parse(said) as Omit<CliVerdict, 'exit'>) };
  }

  /** Verifies with one file of the shard changed, and puts it back. */
  async verifyWith(path: string, change: (bytes: Buffer) => Uint8Array, old?: string): Promise<CliVerdict> {
    const file = join(this.shardFolder, path);
    const bytes = await readFile(file);
    await writeFile(file, change(Buffer.from(bytes)));
    try {
      return await this.verify(this.shardFolder, old);
    } finally {
      await writeFile(file, bytes);
    }
  }

  /** How many entries the published checkpoint counts, by the file. */
  async publishedSize(): Promise<number> {
    return Number((await readFile(join(this.shardFolder, CHECKPOINT_PATH), 'utf8')).split('\n')[1]);
  }

  /** The sizes that the checkpoints below a witness's record state. */
  async sizesIn(record: string): Promise<readonly number[]> {
    const files = await readdir(record, { recursive: true });
    const notes = files.filter((path) => path.endsWith('latest')).map((path) => readFile(join(record, path), 'utf8'));
    return (await Promise.all(notes)).map((note) => Number(note.split('\n')[1]));
  }

  /** Puts a copy of a folder in its place. */
  async putBack(copy: string, folder: string): Promise<void> {
    await rm(folder, { recursive: true });
    await cp(copy, folder, { recursive: true });
  }
}
