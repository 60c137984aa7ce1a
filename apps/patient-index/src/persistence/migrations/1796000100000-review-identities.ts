import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people decide about identities, and what an answer has named. */
export class ReviewIdentities1796000100000 implements MigrationInterface {
  name = 'ReviewIdentities1796000100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table review (
        review_id uuid primary key,
        subject text not null,
        reason text not null,
        status text not null,
        record_id uuid,
        person_id uuid not null,
        candidates jsonb not null,
        probability double precision,
        model_version text not null,
        proposal jsonb,
        decision jsonb,
        member_id text,
        content bytea,
        opened_at timestamptz not null default now()
      )`);
    await runner.query('create index review_status on review (status, opened_at, review_id)');
    await runner.query('create index review_record on review (record_id)');
    await runner.query('create table refused_pair (low uuid not null, high uuid not null, primary key (low, high))');
    await runner.query(`
      create table named_person (
        txn uuid not null,
        person_id uuid not null,
        at timestamptz not null default now(),
        primary key (txn, person_id)
      )`);
    await runner.query('create index named_person_person on named_person (person_id, at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table named_person');
    await runner.query('drop table refused_pair');
    await runner.query('drop table review');
  }
}
