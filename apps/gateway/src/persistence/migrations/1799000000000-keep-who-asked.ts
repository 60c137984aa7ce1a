import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who asked through a system may read the answer again, and nobody else at the same system. */
export class KeepWhoAsked1799000000000 implements MigrationInterface {
  name = 'KeepWhoAsked1799000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table query_session add column user_id text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table query_session drop column user_id');
  }
}
