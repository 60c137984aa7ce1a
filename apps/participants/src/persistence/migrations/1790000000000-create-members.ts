import { createInboxAndOutbox, dropInboxAndOutbox } from '@hie/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMembers1790000000000 implements MigrationInterface {
  name = 'CreateMembers1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    await createInboxAndOutbox(runner);
    await runner.query(`
      create table member (
        member_id text primary key,
        organization_id text not null unique,
        name text not null,
        status text not null check (status in ('active', 'suspended')),
        suspension jsonb,
        discloses boolean not null,
        sites jsonb not null,
        endpoints jsonb not null,
        version integer not null,
        check ((status = 'suspended') = (suspension is not null))
      )`);
    // There is no such thing as a client secret: no column for one, and no method that uses one.
    await runner.query(`
      create table client (
        client_id text primary key,
        member_id text not null references member,
        jwks jsonb not null check (jsonb_path_exists(jwks, '$.keys[*].kty') and not jsonb_path_exists(jwks, '$.keys[*].d')
                                   and not jsonb_path_exists(jwks, '$.keys[*].k')),
        scopes text[] not null,
        purposes text[] not null,
        auth_method text not null default 'private_key_jwt'
          check (auth_method in ('private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'))
      )`);
    await runner.query(`
      create table identifier_system (
        system text primary key,
        member_id text not null references member
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table identifier_system');
    await runner.query('drop table client');
    await runner.query('drop table member');
    await dropInboxAndOutbox(runner);
  }
}
