import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose record a broken glass was about, which case of the ledger reviews it, and who was told. */
export class NotifyOfBrokenGlass1797000000000 implements MigrationInterface {
  name = 'NotifyOfBrokenGlass1797000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table break_glass_link (txn uuid primary key, person_id uuid, review_case_id uuid)');
    await runner.query(`
      create table break_glass_notice (
        notice_id uuid primary key,
        txn uuid not null,
        member_id text not null,
        requester_member text not null,
        requester_user text,
        broken_at timestamptz not null,
        issued_at timestamptz not null default now(),
        acknowledged_at timestamptz,
        acknowledged_by text,
        attempts integer not null default 0,
        attempt_at timestamptz not null default now(),
        delivered_at timestamptz,
        constraint break_glass_notice_once unique (txn, member_id),
        constraint break_glass_notice_acknowledged_check check ((acknowledged_at is null) = (acknowledged_by is null))
      )`);
    await runner.query(
      'create index break_glass_notice_due on break_glass_notice (attempt_at) where acknowledged_at is null',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table break_glass_notice');
    await runner.query('drop table break_glass_link');
  }
}
