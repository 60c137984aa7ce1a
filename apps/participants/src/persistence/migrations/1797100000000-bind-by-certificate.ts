import type { MigrationInterface, QueryRunner } from 'typeorm';

export class BindByCertificate1797100000000 implements MigrationInterface {
  name = 'BindByCertificate1797100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table client add column bound_by text not null default 'dpop'
        constraint client_bound_by_check check (bound_by in ('dpop', 'certificate'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table client drop column bound_by');
  }
}
