import { type KeyObject, createSecretKey, randomBytes } from 'node:crypto';

import type { Pool } from 'pg';
import type { QueryRunner } from 'typeorm';

import { FieldCipherError } from './field-cipher.js';
import { keyUnder } from './key-under.js';
import { unwrapKey, unwrappedBy, wrapKey } from './key-wrap.js';

/** Creates `member_key`: one data key a member, wrapped under the service's own wrapping key and the member's together. */
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

/** The members' own wrapping keys, which no database holds. */
export interface MemberWrappingKeys {
  /** 256 bits; `undefined` when it was destroyed or never made. */
  find(memberId: string): KeyObject | undefined;
  isDestroyed(memberId: string): boolean;
}

const USE = 'hie member data key';

/**
 * The members' data keys of one service, held open in memory, made when a member is first met.
 *
 * They are wrapped under the service's wrapping key and the member's together: with the member's destroyed, whatever was encrypted under its data key
 * is gone, here and in every backup.
 */
export class MemberKeys {
  private readonly keys = new Map<string, KeyObject>();
  private readonly known = new Set<string>();

  constructor(
    private readonly pool: Pool,
    /** Each 32 bytes, from the key store; never in the database. The first wraps, the others still open. Asked for every time. */
    private readonly wrappingKeys: () => readonly [Buffer, ...Buffer[]],
    private readonly members: MemberWrappingKeys,
  ) {}

  /** `undefined` as soon as the member's wrapping key is destroyed. */
  readonly find = (memberId: string): KeyObject | undefined => {
    if (this.members.find(memberId) !== undefined) return this.keys.get(memberId);
    this.keys.delete(memberId);
    return undefined;
  };

  /** Members that have a key, in order. */
  memberIds(): readonly string[] {
    return [...this.keys.keys()].filter((memberId) => this.find(memberId) !== undefined).sort();
  }

  /** Members of whom there are rows that nobody opens any more, of those that were there when the keys were loaded. */
  destroyed(): readonly string[] {
    // What was loaded had a wrapping key or a mark. Asked for with each look-up: a key that is there is found without its folder.
    return [...this.known].filter((memberId) => this.members.find(memberId) === undefined);
  }

  /** @throws FieldCipherError where a member's wrapping key is neither there nor destroyed: the folder is another's, or not all there. */
  async load(): Promise<void> {
    const { rows } = await this.pool.query<Row>('select member_id, wrapped_key from member_key');
    for (const { member_id, wrapped_key } of rows) {
      this.known.add(member_id);
      const member = this.members.find(member_id);
      if (member !== undefined) this.keys.set(member_id, this.opened(wrapped_key, member).key);
      else if (!this.members.isDestroyed(member_id)) throw new FieldCipherError('member-key-missing');
    }
  }

  /** Reads keys that another instance has made since, where one of these members' is not known here. */
  async know(memberIds: Iterable<string>): Promise<void> {
    const isNew = (memberId: string) => this.find(memberId) === undefined && !this.members.isDestroyed(memberId);
    if ([...memberIds].some(isNew)) await this.load();
  }

  /** Makes a key for a member that has none; two instances at once agree on the first. @throws FieldCipherError for a member without a wrapping key */
  async ensure(memberId: string): Promise<void> {
    const member = this.members.find(memberId);
    if (member === undefined) throw new FieldCipherError('member-key-missing');
    if (this.keys.has(memberId)) return;
    await this.pool.query('insert into member_key (member_id, wrapped_key) values ($1, $2) on conflict do nothing', [
      memberId,
      wrapKey(randomBytes(32), under(this.wrappingKeys()[0], member)),
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
      const member = this.members.find(member_id);
      if (member === undefined) continue;
      const { key, isUnderFirst } = this.opened(wrapped_key, member);
      if (isUnderFirst) continue;
      // Somebody may have destroyed it, or wrapped it anew, in between.
      const { rowCount } = await this.pool.query(
        'update member_key set wrapped_key = $3 where member_id = $1 and wrapped_key = $2',
        [member_id, wrapped_key, wrapKey(key.export(), under(this.wrappingKeys()[0], member))],
      );
      count += rowCount ?? 0;
    }
    return count;
  }

  private opened(wrapped: Buffer, member: KeyObject): { readonly key: KeyObject; readonly isUnderFirst: boolean } {
    const [first, ...former] = this.wrappingKeys().map((key) => under(key, member)) as [Buffer, ...Buffer[]];
    const found = former.find((key) => unwrappedBy(wrapped, key) !== undefined);
    return found === undefined
      ? { key: unwrapKey(wrapped, first), isUnderFirst: true }
      : { key: unwrapKey(wrapped, found), isUnderFirst: false };
  }
}

/** Who has one of the two unwraps nothing. */
const under = (wrapping: Buffer, member: KeyObject): Buffer =>
  keyUnder([createSecretKey(wrapping), member], USE).export();
