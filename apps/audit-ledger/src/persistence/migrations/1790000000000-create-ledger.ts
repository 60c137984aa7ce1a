import { createInboxAndOutbox, dropAppendOnly, dropInboxAndOutbox, makeAppendOnly } from '@hie/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateLedger1790000000000 implements MigrationInterface {
  name = 'CreateLedger1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    await createInboxAndOutbox(runner);
    await runner.query(`
      create table entry (
        index bigint primary key check (index >= 0),
        event_id uuid not null unique,
        leaf_hash bytea not null check (octet_length(leaf_hash) = 32),
        txn uuid,
        action text not null,
        patient text,
        content jsonb not null,
        at timestamptz not null
      )`);
    await runner.query('create index entry_txn on entry (txn) where txn is not null');
    await runner.query('create index entry_patient on entry (patient, index) where patient is not null');
    await runner.query('create index entry_action on entry (action, index)');
    await makeAppendOnly(runner, 'entry');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table entry');
    await dropAppendOnly(runner);
    await dropInboxAndOutbox(runner);
  }
}
