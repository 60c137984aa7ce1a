import {
  createInboxAndOutbox,
  createMemberKeys,
  dropAppendOnly,
  dropInboxAndOutbox,
  dropMemberKeys,
  makeAppendOnly,
} from '@hie/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateIdentity1790000000000 implements MigrationInterface {
  name = 'CreateIdentity1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    await createInboxAndOutbox(runner);
    await createMemberKeys(runner);
    await runner.query(`
      create table person (
        person_id uuid primary key,
        survivor_id uuid references person,
        check (survivor_id <> person_id)
      )`);
    await runner.query(`
      create table source_record (
        record_id uuid primary key,
        member_id text not null,
        identifier_hash bytea not null,
        content bytea not null,
        person_id uuid not null references person,
        version integer not null,
        unique (member_id, identifier_hash)
      )`);
    await runner.query('create index source_record_person on source_record (person_id)');
    await runner.query(`
      create table identity_event (
        seq bigint generated always as identity primary key,
        kind text not null,
        record_id uuid not null,
        person_id uuid,
        details jsonb not null,
        at timestamptz not null default now()
      )`);
    await runner.query('create index identity_event_record on identity_event (record_id)');
    await makeAppendOnly(runner, 'identity_event');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table identity_event');
    await dropAppendOnly(runner);
    await runner.query('drop table source_record');
    await runner.query('drop table person');
    await dropMemberKeys(runner);
    await dropInboxAndOutbox(runner);
  }
}
