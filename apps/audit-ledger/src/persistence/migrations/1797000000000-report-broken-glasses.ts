import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which broken glasses the others were told of. */
export class ReportBrokenGlasses1797000000000 implements MigrationInterface {
  name = 'ReportBrokenGlasses1797000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create table glass_report (txn uuid primary key, reported_at timestamptz not null default now())`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table glass_report');
  }
}
