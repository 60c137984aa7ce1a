import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What searches of the ledger ask by: who asked, and when. The patient, the transaction and the action have their indexes. */
export class IndexEntries1796000000010 implements MigrationInterface {
  name = 'IndexEntries1796000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index entry_member on entry (member, index) where member is not null');
    await runner.query('create index entry_client on entry (client, index) where client is not null');
    await runner.query('create index entry_user on entry (user_id, index) where user_id is not null');
    // Entries come nearly in the order of their time: a summary for every 32 pages finds an hour, and costs an append nothing.
    await runner.query(
      'create index entry_at on entry using brin (at) with (pages_per_range = 32, autosummarize = on)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of ['entry_member', 'entry_client', 'entry_user', 'entry_at'])
      await runner.query(`drop index ${name}`);
  }
}
