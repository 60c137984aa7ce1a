import type { MigrationInterface, QueryRunner } from 'typeorm';

export class PromoteModel1796000200000 implements MigrationInterface {
  name = 'PromoteModel1796000200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table match_model (
        version text primary key,
        model jsonb not null,
        thresholds jsonb not null,
        registered_by text not null,
        promoted_by text,
        promoted_at timestamptz
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table match_model');
  }
}
