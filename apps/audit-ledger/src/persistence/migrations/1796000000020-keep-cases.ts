import { makeAppendOnly } from '@hie/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reviews of what the ledger holds: their events, sealed, and where each case stands. */
export class KeepCases1796000000020 implements MigrationInterface {
  name = 'KeepCases1796000000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table case_event (
        case_id uuid,
        seq int constraint case_event_seq_check check (seq >= 0),
        content bytea not null,
        primary key (case_id, seq)
      )`);
    await makeAppendOnly(runner, 'case_event');
    await runner.query(`
      create table review_case (
        case_id uuid primary key,
        txn uuid not null constraint review_case_txn_key unique,
        reason text not null,
        opened_at timestamptz not null,
        due_at timestamptz not null,
        assignee_member text,
        assignee_user text,
        outcome text,
        closed_at timestamptz,
        constraint review_case_closed_check check ((outcome is null) = (closed_at is null))
      )`);
    await runner.query('create index review_case_due on review_case (due_at) where closed_at is null');
    await runner.query(
      `create index entry_broken_glass on entry (index) where purpose = 'BTG' and action = 'query.requested'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index entry_broken_glass');
    await runner.query('drop table review_case');
    await runner.query('drop table case_event');
  }
}
