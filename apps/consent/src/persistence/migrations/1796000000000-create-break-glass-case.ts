import { makeAppendOnly } from '@hie/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateBreakGlassCase1796000000000 implements MigrationInterface {
  name = 'CreateBreakGlassCase1796000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table break_glass_case (
        txn uuid primary key,
        member_id text not null,
        user_id text not null,
        reason bytea not null,
        opened_at timestamptz not null default now()
      )`);
    await makeAppendOnly(runner, 'break_glass_case');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table break_glass_case');
  }
}
