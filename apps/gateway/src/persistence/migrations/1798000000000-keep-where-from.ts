import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How a query ended is told the ledger when nobody is connected any more: where it was asked from is kept until then. */
export class KeepWhereFrom1798000000000 implements MigrationInterface {
  name = 'KeepWhereFrom1798000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table query_session add column address text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table query_session drop column address');
  }
}
