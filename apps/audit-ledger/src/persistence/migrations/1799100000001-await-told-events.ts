import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What services say that they told, as far as the log has not got it; and how far each has counted. */
export class AwaitToldEvents1799100000001 implements MigrationInterface {
  name = 'AwaitToldEvents1799100000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table awaited_event (
        event_id uuid primary key,
        service text not null,
        told_at timestamptz not null default now(),
        alerted boolean not null default false
      )`);
    await runner.query(`
      create table awaited_tally (
        service text not null,
        number bigint not null,
        noticed_at timestamptz not null default now(),
        alerted boolean not null default false,
        primary key (service, number)
      )`);
    await runner.query(`
      create table tallied_service (
        service text primary key,
        number bigint not null,
        heard_at timestamptz not null default now(),
        alerted boolean not null default false
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['tallied_service', 'awaited_tally', 'awaited_event'])
      await runner.query(`drop table ${table}`);
  }
}
