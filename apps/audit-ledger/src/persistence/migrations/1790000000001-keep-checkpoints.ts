import { makeAppendOnly } from '@hie/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeepCheckpoints1790000000001 implements MigrationInterface {
  name = 'KeepCheckpoints1790000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table checkpoint (
        size bigint primary key check (size >= 0),
        note text not null,
        at timestamptz not null
      )`);
    await makeAppendOnly(runner, 'checkpoint');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table checkpoint');
  }
}
