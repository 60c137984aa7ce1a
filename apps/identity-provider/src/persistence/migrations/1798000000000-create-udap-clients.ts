import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateUdapClients1798000000000 implements MigrationInterface {
  name = 'CreateUdapClients1798000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table udap_client (
        client_id text primary key,
        uri text not null,
        member_id text not null,
        name text not null,
        contacts text[] not null,
        scopes text[] not null,
        bound_by text not null constraint udap_client_bound_by_check check (bound_by in ('dpop', 'certificate')),
        status text not null constraint udap_client_status_check check (status in ('active', 'cancelled')),
        changed_at timestamptz not null,
        version integer not null
      )`);
    await runner.query(`create unique index udap_client_uri on udap_client (uri) where status = 'active'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table udap_client');
  }
}
