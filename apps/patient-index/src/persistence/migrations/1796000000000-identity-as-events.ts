import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Persons have events of their own: merges, and what is found by a person's id. */
export class IdentityAsEvents1796000000000 implements MigrationInterface {
  name = 'IdentityAsEvents1796000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table identity_event alter column record_id drop not null');
    await runner.query('create index identity_event_person on identity_event (person_id)');
    // What each start reads, among a hundred million events that it does not.
    await runner.query(`create index identity_event_rare on identity_event (kind)
                        where kind in ('unlinked', 'merged', 'unmerged')`);
  }

  /** An event without a record can't be kept in the form before, nor may it be deleted: then this fails. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index identity_event_rare');
    await runner.query('drop index identity_event_person');
    await runner.query('alter table identity_event alter column record_id set not null');
  }
}
