import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tombstones of records that their members have withdrawn. */
export class RetractRecord1797000100000 implements MigrationInterface {
  name = 'RetractRecord1797000100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table retracted_record (
        member_id text not null,
        identifier_hash bytea not null,
        record_id uuid not null,
        person_id uuid not null,
        version integer not null,
        content_hash bytea not null,
        retracted_at timestamptz not null default now(),
        primary key (member_id, identifier_hash)
      )`);
    await runner.query('drop index identity_event_rare');
    await runner.query(`create index identity_event_rare on identity_event (kind)
                        where kind in ('unlinked', 'merged', 'unmerged', 'record-retracted')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index identity_event_rare');
    await runner.query(`create index identity_event_rare on identity_event (kind)
                        where kind in ('unlinked', 'merged', 'unmerged')`);
    await runner.query('drop table retracted_record');
  }
}
