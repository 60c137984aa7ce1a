import type { MigrationInterface, QueryRunner } from 'typeorm';

/** From where somebody asked: of many entries the same, and of most none. */
export class IndexAddresses1803000000010 implements MigrationInterface {
  name = 'IndexAddresses1803000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index entry_address on entry ((head -> 'requester' ->> 'address'), index)
      where (head -> 'requester' ->> 'address') is not null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index entry_address');
  }
}
