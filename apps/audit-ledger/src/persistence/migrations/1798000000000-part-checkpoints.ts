import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each half-yearly log counts from 0: a kept checkpoint is one of a shard. Those of before are of a log without a name. */
export class PartCheckpoints1798000000000 implements MigrationInterface {
  name = 'PartCheckpoints1798000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table checkpoint add column shard text not null default ''`);
    await runner.query('alter table checkpoint alter column shard drop default');
    await runner.query('alter table checkpoint drop constraint checkpoint_pkey');
    await runner.query('alter table checkpoint add constraint checkpoint_pkey primary key (shard, size)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table checkpoint drop constraint checkpoint_pkey');
    await runner.query('alter table checkpoint drop column shard');
    await runner.query('alter table checkpoint add constraint checkpoint_pkey primary key (size)');
  }
}
