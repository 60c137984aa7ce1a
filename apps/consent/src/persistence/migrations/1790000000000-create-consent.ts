import {
  createInboxAndOutbox,
  createMemberKeys,
  dropAppendOnly,
  dropInboxAndOutbox,
  dropMemberKeys,
  makeAppendOnly,
} from '@hie/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateConsent1790000000000 implements MigrationInterface {
  name = 'CreateConsent1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    await createInboxAndOutbox(runner);
    await createMemberKeys(runner);
    await runner.query(`
      create table consent_version (
        consent_id uuid not null,
        version integer not null check (version > 0),
        person_id uuid not null,
        member_id text not null,
        is_active boolean not null,
        resource bytea not null,
        filed_at timestamptz not null default now(),
        primary key (consent_id, version)
      )`);
    await runner.query('create index consent_version_person on consent_version (person_id)');
    await makeAppendOnly(runner, 'consent_version');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table consent_version');
    await dropAppendOnly(runner);
    await dropMemberKeys(runner);
    await dropInboxAndOutbox(runner);
  }
}
