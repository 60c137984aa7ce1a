import { createInboxAndOutbox, createMemberKeys, dropInboxAndOutbox, dropMemberKeys } from '@hie/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePointers1790000000000 implements MigrationInterface {
  name = 'CreatePointers1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    await createInboxAndOutbox(runner);
    await createMemberKeys(runner);
    await runner.query(`
      create table pointer (
        record_id uuid primary key,
        person_id uuid not null,
        member_id text not null,
        local bytea not null,
        discloses boolean not null,
        kinds text[] not null default '{}',
        linked_at timestamptz not null,
        seen_at timestamptz
      )`);
    await runner.query('create index pointer_person on pointer (person_id, member_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table pointer');
    await dropMemberKeys(runner);
    await dropInboxAndOutbox(runner);
  }
}
