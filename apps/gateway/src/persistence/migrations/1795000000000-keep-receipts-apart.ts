import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A receipt may be stored before its answer is; in a row of its own neither waits for the other. */
export class KeepReceiptsApart1795000000000 implements MigrationInterface {
  name = 'KeepReceiptsApart1795000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table query_receipt (
        txn uuid not null,
        digest text not null,
        receipt jsonb not null,
        noted_at timestamptz not null default now(),
        primary key (txn, digest)
      )`);
    await runner.query('create index query_receipt_noted_at on query_receipt using brin (noted_at)');
    await runner.query(`
      insert into query_receipt (txn, digest, receipt, noted_at)
      select txn, digest, receipt, held_at from query_answer where receipt is not null on conflict do nothing`);
    await runner.query('alter table query_answer drop column receipt');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table query_answer add column receipt jsonb');
    await runner.query(`
      update query_answer set receipt = query_receipt.receipt from query_receipt
      where query_answer.txn = query_receipt.txn and query_answer.digest = query_receipt.digest`);
    await runner.query('drop table query_receipt');
  }
}
