import { createInboxAndOutbox, createMemberKeys, dropInboxAndOutbox, dropMemberKeys } from '@hie/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateQueries1790000000000 implements MigrationInterface {
  name = 'CreateQueries1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    await createInboxAndOutbox(runner);
    await createMemberKeys(runner);
    await runner.query(`
      create table query_session (
        txn uuid primary key,
        member_id text not null,
        client_id text not null,
        purpose text not null,
        instance text not null,
        state text not null check (state in ('open', 'answered', 'failed')),
        request_digest text not null,
        deadline timestamptz not null,
        asked_at timestamptz not null default now()
      )`);
    await runner.query(`create index query_session_open on query_session (deadline) where state = 'open'`);
    await runner.query('create index query_session_asked_at on query_session using brin (asked_at)');
    await runner.query(`
      create table query_answer (
        txn uuid not null,
        part text not null,
        member_id text not null,
        digest text not null,
        sealed bytea not null,
        receipt jsonb,
        held_at timestamptz not null default now(),
        primary key (txn, part)
      )`);
    await runner.query('alter table query_answer alter column sealed set storage external');
    await runner.query('create index query_answer_held_at on query_answer using brin (held_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table query_answer');
    await runner.query('drop table query_session');
    await dropMemberKeys(runner);
    await dropInboxAndOutbox(runner);
  }
}
