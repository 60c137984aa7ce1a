import type { MigrationInterface, QueryRunner } from 'typeorm';

import { letUsersVacuum } from './let-users-vacuum.js';

/**
 * Rows of a half-year whose retention is over can go, by one function alone: only those older than six years, and only behind an entry that
 * says so. Everything else about the table stays append-only, for its owner too.
 */
export class DropEntries1799000000000 implements MigrationInterface {
  name = 'DropEntries1799000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function refuse_change_but_dropping() returns trigger language plpgsql as
      $$ begin
        if tg_op = 'DELETE' and current_setting('hie.dropping', true) = 'on' then return null; end if;
        raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
      end $$`);
    await runner.query('drop trigger entry_is_append_only on entry');
    await runner.query(`
      create trigger entry_is_append_only before update or delete or truncate on entry
      for each statement execute function refuse_change_but_dropping()`);
    await runner.query(`
      create function drop_entries(first_index bigint, end_index bigint) returns bigint
      language plpgsql security definer set search_path from current as
      $$ declare dropped bigint; begin
        if exists (select from entry where index >= first_index and index < end_index and at > now() - interval '6 years') then
          raise exception 'entries younger than six years' using errcode = 'restrict_violation';
        end if;
        if not exists (
          select from entry where index >= end_index and action = 'ledger.shard-dropped' and service = 'audit-ledger'
        ) then
          raise exception 'no entry says that they are dropped' using errcode = 'restrict_violation';
        end if;
        perform set_config('hie.dropping', 'on', true);
        delete from entry where index >= first_index and index < end_index;
        get diagnostics dropped = row_count;
        perform set_config('hie.dropping', '', true);
        return dropped;
      end $$`);
    await runner.query('revoke all on function drop_entries from public');
    await runner.query(`
      do $$ declare role_name text; begin
        for role_name in
          select distinct quote_ident(pg_get_userbyid(acl.grantee)) from pg_class, aclexplode(relacl) acl
          where pg_class.oid = 'entry'::regclass and acl.grantee not in (0, relowner) and acl.privilege_type = 'INSERT'
        loop
          execute format('grant execute on function drop_entries to %s', role_name);
        end loop;
      end $$`);
    await letUsersVacuum(runner, 'entry');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function drop_entries');
    await runner.query('drop trigger entry_is_append_only on entry');
    await runner.query('drop function refuse_change_but_dropping');
    await runner.query(`
      create trigger entry_is_append_only before update or delete or truncate on entry
      for each statement execute function refuse_change()`);
  }
}
