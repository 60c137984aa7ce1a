import type { MigrationInterface, QueryRunner } from 'typeorm';

export class WithdrawKeys1797000000000 implements MigrationInterface {
  name = 'WithdrawKeys1797000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table withdrawn_key (
        client_id text not null,
        thumbprint text not null,
        withdrawn_at timestamptz not null,
        withdrawn_by text not null,
        primary key (client_id, thumbprint)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table withdrawn_key');
  }
}
