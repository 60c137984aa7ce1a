import { createInboxAndOutbox, dropInboxAndOutbox } from '@hie/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOidcPayload1790000000000 implements MigrationInterface {
  name = 'CreateOidcPayload1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    await createInboxAndOutbox(runner);
    await runner.query(`
      create table oidc_payload (
        model text not null,
        id text not null,
        payload jsonb not null check (not payload ? 'client_secret'),
        grant_id text,
        uid text,
        expires_at timestamptz,
        consumed_at timestamptz,
        primary key (model, id)
      )`);
    await runner.query('create index oidc_payload_expires_at on oidc_payload (expires_at)');
    await runner.query('create index oidc_payload_grant on oidc_payload (grant_id) where grant_id is not null');
    await runner.query('create unique index oidc_payload_uid on oidc_payload (model, uid) where uid is not null');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table oidc_payload');
    await dropInboxAndOutbox(runner);
  }
}
