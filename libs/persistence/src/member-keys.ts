import { type KeyObject, randomBytes } from 'node:crypto';

import type { Pool } from 'pg';
import type { QueryRunner } from 'typeorm';

import { unwrapKey, unwrappedBy, wrapKey } from './key-wrap.js';

/** Creates `member_key`: one data key a member, wrapped under the service's own wrapping key. */
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

interface Row {
  readonly member_id: string;
  readonly wrapped_key: Buffer;
}

/** The members' data keys of one service, held open in memory, made when a member is first met. */
export class MemberKeys {
  private readonly keys = new Map<string, KeyObject>();

  constructor(
    private readonly pool: Pool,
    /** Each 32 bytes, from the key store; never in the database. The first wraps, the others still open. Asked for every time. */
    private readonly wrappingKeys: () => readonly [Buffer, ...Buffer[]],
  ) {}

  readonly find = (memberId: string): KeyObject | undefined => this.keys.get(memberId);

  /** Members that have a key, in order. */
  memberIds(): readonly string[] {
    return [...this.keys.keys()].sort();
  }

  async load(): Promise<void> {
    const { rows } = await this.pool.query<Row>('select member_id, wrapped_key from member_key');
    for (const row of rows) this.keys.set(row.member_id, this.opened(row.wrapped_key).key);
  }

  /** Makes a key for a member that has none; two instances at once agree on the first. */
  async ensure(memberId: string): Promise<void> {
    if (this.keys.has(memberId)) return;
    await this.pool.query('insert into member_key (member_id, wrapped_key) values ($1, $2) on conflict do nothing', [
      memberId,
      wrapKey(randomBytes(32), this.wrappingKeys()[0]),
    ]);
    await this.load();
  }

  /**
   * Wraps what is still under a former key under the first; the data keys stay the same. Two instances at once do no harm.
   *
   * @returns how many were wrapped anew. When it returns, nothing is under a former key any more.
   */
  async rewrap(): Promise<number> {
    const { rows } = await this.pool.query<Row>('select member_id, wrapped_key from member_key');
    let count = 0;
    for (const { member_id, wrapped_key } of rows) {
      const { key, isUnderFirst } = this.opened(wrapped_key);
      if (isUnderFirst) continue;
      // Somebody may have destroyed it, or wrapped it anew, in between.
      const { rowCount } = await this.pool.query(
        'update member_key set wrapped_key = $3 where member_id = $1 and wrapped_key = $2',
        [member_id, wrapped_key, wrapKey(key.export(), this.wrappingKeys()[0])],
      );
      count += rowCount ?? 0;
    }
    return count;
  }

  private opened(wrapped: Buffer): { readonly key: KeyObject; readonly isUnderFirst: boolean } {
    const [first, ...former] = this.wrappingKeys();
    const under = former.find((key) => unwrappedBy(wrapped, key) !== undefined);
    return under === undefined
      ? { key: unwrapKey(wrapped, first), isUnderFirst: true }
      : { key: unwrapKey(wrapped, under), isUnderFirst: false };
  }

  /**
   * Destroys a member's key: what was encrypted under it can't be read in this database any more. Another instance that runs holds the key
   * until it ends; a backup with the wrapped key can be opened with the wrapping key, until that was changed and the former retired.
   */
  async destroy(memberId: string): Promise<void> {
    await this.pool.query('delete from member_key where member_id = $1', [memberId]);
    this.keys.delete(memberId);
  }
}
