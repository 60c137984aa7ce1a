import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who was answered for under whose id, and when: what patient-index tells of merges. */
export class FollowMerges1803000000000 implements MigrationInterface {
  name = 'FollowMerges1803000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table person_standing (
        person bytea not null,
        survivor bytea not null,
        since timestamptz not null,
        until timestamptz,
        primary key (person, since),
        constraint person_standing_person_check
          check (octet_length(person) = 32 and octet_length(survivor) = 32 and person <> survivor)
      )`);
    await runner.query('create index person_standing_survivor on person_standing (survivor)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table person_standing');
  }
}
