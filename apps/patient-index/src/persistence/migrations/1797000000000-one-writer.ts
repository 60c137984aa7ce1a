import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which instance of the service may write; the epoch fences off all before it. */
export class OneWriter1797000000000 implements MigrationInterface {
  name = 'OneWriter1797000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table index_writer (
        single boolean primary key default true,
        epoch bigint not null,
        instance text,
        since timestamptz not null default now(),
        constraint index_writer_single_check check (single)
      )`);
    await runner.query('insert into index_writer (epoch) values (0)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table index_writer');
  }
}
