import { type AuditReceipt, type ReleaseBasis, releaseBasisSchema } from '@hie/contracts';
import { FieldCipher, FieldCipherError, MemberKeys, type Statement, packed } from '@hie/persistence';
import { PG_POOL } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';

import type { SessionState } from './query-session.entity.js';

export interface SessionRow {
  readonly txn: string;
  readonly memberId: string;
  readonly clientId: string;
  /** The person in whose name it was asked, where one was named. */
  readonly userId?: string | undefined;
  readonly purpose: string;
  readonly instance: string;
  readonly requestDigest: string;
  readonly deadlineMs: number;
  /** The network address it was asked from, where that was known. */
  readonly address?: string | undefined;
}

export interface StoredSession extends SessionRow {
  readonly state: SessionState;
}

/** A held answer, opened. */
export interface HeldAnswer {
  readonly part: string;
  readonly digest: string;
  readonly answer: string;
  readonly basis?: ReleaseBasis | undefined;
  readonly more: boolean;
  readonly receipt: AuditReceipt | null;
}

/** An answer on its way into the store. */
export interface AnswerToHold {
  readonly txn: string;
  readonly part: string;
  readonly memberId: string;
  readonly digest: string;
  /** As it was assembled. */
  readonly answer: string;
  /** What must still hold when it is shown. */
  readonly basis?: ReleaseBasis | undefined;
  /** Whether another stage follows. */
  readonly more: boolean;
}

/** What is sealed: the answer, and beside it whose word it rests on and whether it is the last. One of before did not say that it was. */
const heldSchema = z.object({
  answer: z.string(),
  basis: releaseBasisSchema.optional(),
  more: z.boolean().default(true),
});

const COLUMN = 'query_answer.sealed';
/** Longer than any deadline, ms: by when a query was asked, those that may not be over are found without reading a day's. */
const ASKED_BEFORE_DEADLINE_MS = 120_000;
const sessionColumns = `txn, member_id as "memberId", client_id as "clientId", user_id as "userId", purpose, instance, state,
  request_digest as "requestDigest", address, (extract(epoch from deadline) * 1000)::float8 as "deadlineMs"`;

/** Queries and their held answers in PostgreSQL. Writes of a batch go in one statement each (see `Effect`). */
@Injectable()
export class SessionStore {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly cipher: FieldCipher,
    private readonly keys: MemberKeys,
  ) {}

  /** The row for a held answer, encrypted under the keys of the requesting member and of those whose records are in it. */
  async seal({ txn, part, memberId, digest, answer, basis, more }: AnswerToHold): Promise<AnswerRow> {
    const others = basis?.members ?? [];
    for (const each of [memberId, ...others]) await this.keys.ensure(each);
    const held = JSON.stringify({ answer, basis, more } satisfies z.infer<typeof heldSchema>);
    return { txn, part, memberId, digest, sealed: this.cipher.sealWith(memberId, others, COLUMN, held) };
  }

  async find(txn: string): Promise<StoredSession | undefined> {
    const { rows } = await this.pool.query<SelectedSession>(
      `select ${sessionColumns} from query_session where txn = $1`,
      [txn],
    );
    return rows.map(sessionOf)[0];
  }

  async answersOf(txn: string, memberId: string): Promise<readonly HeldAnswer[]> {
    const { rows } = await this.pool.query<Omit<HeldAnswer, 'answer' | 'basis' | 'more'> & { sealed: Buffer }>(
      `select part, digest, sealed, receipt from query_answer left join query_receipt using (txn, digest)
       where txn = $1 and member_id = $2 order by held_at`,
      [txn, memberId],
    );
    const answers: HeldAnswer[] = [];
    for (const { sealed, ...row } of rows) {
      const held = this.opened(memberId, sealed) ?? (await this.openedByOthers(memberId, sealed));
      if (held !== undefined) answers.push({ ...row, ...held });
    }
    return answers;
  }

  /** Another instance may have met a member first and made its key. */
  private async openedByOthers(memberId: string, sealed: Buffer): Promise<z.infer<typeof heldSchema> | undefined> {
    await this.keys.load();
    return this.opened(memberId, sealed);
  }

  /** `undefined` where the key of a member whose data is in it is not there: not yet, or no more. */
  private opened(memberId: string, sealed: Buffer): z.infer<typeof heldSchema> | undefined {
    try {
      return heldSchema.parse(JSON.parse(this.cipher.openWith(memberId, COLUMN, sealed)));
    } catch (error) {
      if (error instanceof FieldCipherError && error.code === 'member-key-missing') return undefined;
      throw error;
    }
  }

  /**
   * Queries that this instance answers and that are not over: open ones, and those answered whose deadline passed less than `lateMs`
   * ago, for more may come. After a restart it goes on with them.
   */
  async unfinishedOf(instance: string, lateMs: number): Promise<readonly StoredSession[]> {
    const { rows } = await this.pool.query<SelectedSession>(
      `select ${sessionColumns} from query_session where instance = $1 and (state = 'open' or (state = 'answered'
         and deadline > now() - make_interval(secs => $2 / 1000.0)
         and asked_at > now() - make_interval(secs => $3 / 1000.0)))`,
      [instance, lateMs, lateMs + ASKED_BEFORE_DEADLINE_MS],
    );
    return rows.map(sessionOf);
  }

  /** Held answers are patients' data: they go after their time. Sessions stay a day, for idempotency. */
  async forget(answersAfterMs: number, sessionsAfterMs: number): Promise<void> {
    const before = 'now() - make_interval(secs => $1 / 1000.0)';
    await this.pool.query(`delete from query_answer where held_at < ${before}`, [answersAfterMs]);
    await this.pool.query(`delete from query_receipt where noted_at < ${before}`, [answersAfterMs]);
    await this.pool.query(`delete from query_session where asked_at < ${before}`, [sessionsAfterMs]);
  }
}

/** Ends a query without an answer, if it is still open. @returns it, where it was. */
export const failOpen = (manager: EntityManager, txn: string): Promise<readonly StoredSession[]> =>
  fail(manager, `txn = $1 and state = 'open'`, [txn]);

/** Ends open queries whose deadline passed `graceMs` ago, at most `limit`, none that another process is just ending. @returns those. */
export const failOverdue = (
  manager: EntityManager,
  { graceMs, limit }: { readonly graceMs: number; readonly limit: number },
): Promise<readonly StoredSession[]> =>
  fail(
    manager,
    `txn in (
       select txn from query_session where state = 'open' and deadline < now() - make_interval(secs => $1 / 1000.0)
       limit $2 for update skip locked
     )`,
    [graceMs, limit],
  );

async function fail(
  manager: EntityManager,
  which: string,
  values: readonly unknown[],
): Promise<readonly StoredSession[]> {
  const rows: SelectedSession[] = await manager.query(
    `with failed as (update query_session set state = 'failed' where ${which} returning *)
     select ${sessionColumns} from failed`,
    [...values],
  );
  return rows.map(sessionOf);
}

/** A session as PostgreSQL has it. */
type SelectedSession = Omit<StoredSession, 'address' | 'userId'> & {
  readonly address: string | null;
  readonly userId: string | null;
};

const sessionOf = ({ address, userId, ...session }: SelectedSession): StoredSession => ({
  ...session,
  ...(userId === null ? {} : { userId }),
  ...(address === null ? {} : { address }),
});

export interface AnswerRow {
  readonly txn: string;
  readonly part: string;
  readonly memberId: string;
  readonly digest: string;
  readonly sealed: Buffer;
}

export function insertSessions(rows: readonly SessionRow[]): readonly Statement[] {
  return [
    {
      name: 'insert-sessions',
      text: `
      insert into query_session (txn, member_id, client_id, purpose, instance, request_digest, deadline, state, address, user_id)
      select t.txn, t.member_id, t.client_id, t.purpose, t.instance, t.request_digest,
             to_timestamp(t.deadline_ms / 1000), 'open', t.address, t.user_id
      from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::text[], $9::text[])
        as t(txn, member_id, client_id, purpose, instance, request_digest, deadline_ms, address, user_id)
      on conflict do nothing`,
      values: [
        rows.map(({ txn }) => txn),
        rows.map(({ memberId }) => memberId),
        rows.map(({ clientId }) => clientId),
        rows.map(({ purpose }) => purpose),
        rows.map(({ instance }) => instance),
        rows.map(({ requestDigest }) => requestDigest),
        rows.map(({ deadlineMs }) => deadlineMs),
        rows.map(({ address }) => address ?? null),
        rows.map(({ userId }) => userId ?? null),
      ],
    },
  ];
}

export function holdAnswers(rows: readonly AnswerRow[]): readonly Statement[] {
  const { bytes, positions, lengths } = packed(rows.map(({ sealed }) => sealed));
  return [
    {
      name: 'hold-answers',
      text: `
        insert into query_answer (txn, part, member_id, digest, sealed)
        select t.txn, t.part, t.member_id, t.digest, substring($6::bytea from t.position for t.length)
        from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[], $7::int[])
          as t(txn, part, member_id, digest, position, length)
        on conflict do nothing`,
      values: [
        rows.map(({ txn }) => txn),
        rows.map(({ part }) => part),
        rows.map(({ memberId }) => memberId),
        rows.map(({ digest }) => digest),
        positions,
        bytes,
        lengths,
      ],
    },
  ];
}

/** Keeps receipts beside the answers they are over, whichever was stored first, and ends the queries as answered. */
export function noteReceipts(receipts: readonly AuditReceipt[]): readonly Statement[] {
  const txns = receipts.map(({ txn }) => txn);
  return [
    {
      name: 'note-receipts',
      text: `
        insert into query_receipt (txn, digest, receipt) select * from unnest($1::uuid[], $2::text[], $3::jsonb[])
        on conflict do nothing`,
      values: [txns, receipts.map(({ digest }) => digest), receipts.map((each) => JSON.stringify(each))],
    },
    {
      name: 'end-answered',
      text: `update query_session set state = 'answered' where txn = any($1::uuid[]) and state = 'open'`,
      values: [txns],
    },
  ];
}
