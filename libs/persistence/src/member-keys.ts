import { type KeyObject, randomBytes } from 'node:crypto';

import type { Pool } from 'pg';
import type { QueryRunner } from 'typeorm';

import { unwrapKey, wrapKey } from './key-wrap.js';

/** Creates `member_key`: one data key a member, wrapped under the service's own master key. */
export async function createMemberKeys(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table member_key (
      member_id text primary key,
      wrapped_key bytea not null,
      created_at timestamptz not null default now()
    )`);
}

export async function dropMemberKeys(runner: QueryRunner): Promise<void> {
  await runner.query(`drop table member_key`);
}

/** The members' data keys of one service, held open in memory, made when a member is first met. */
export class MemberKeys {
  private readonly keys = new Map<string, KeyObject>();

  constructor(
    private readonly pool: Pool,
    /** 32 bytes, from the key store; never in the database. */
    private readonly masterKey: Buffer,
  ) {}

  readonly find = (memberId: string): KeyObject | undefined => this.keys.get(memberId);

  /** Members that have a key, in order. */
  memberIds(): readonly string[] {
    return [...this.keys.keys()].sort();
  }

  async load(): Promise<void> {
    const { rows } = await this.pool.query<{ member_id: string; wrapped_key: Buffer }>(
      'select member_id, wrapped_key from member_key',
    );
    for (const row of rows) this.keys.set(row.member_id, unwrapKey(row.wrapped_key, this.masterKey));
  }

  /** Makes a key for a member that has none; two instances at once agree on the first. */
  async ensure(memberId: string): Promise<void> {
    if (this.keys.has(memberId)) return;
    await this.pool.query('insert into member_key (member_id, wrapped_key) values ($1, $2) on conflict do nothing', [
      memberId,
      wrapKey(randomBytes(32), this.masterKey),
    ]);
    await this.load();
  }

  /** Destroys a member's key: what was encrypted under it can never be read again, here or in any backup. */
  async destroy(memberId: string): Promise<void> {
    await this.pool.query('delete from member_key where member_id = $1', [memberId]);
    this.keys.delete(memberId);
  }
}
