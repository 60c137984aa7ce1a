import type { QueryRunner } from 'typeorm';

/**
 * Makes a table of the running migration one that rows are added to and never changed in or taken from.
 *
 * Twice over: every role but the owner loses the privilege (`42501`), and a trigger refuses the owner too (`23001`). Who drops the
 * trigger leaves a trace that only a superuser can hide; what must be found out even then belongs into the ledger's log.
 *
 * @param table a constant of the migration, not quoted
 */
export async function makeAppendOnly(runner: QueryRunner, table: string): Promise<void> {
  await runner.query(`
    create or replace function refuse_change() returns trigger language plpgsql as
    $$ begin raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation'; end $$`);
  await runner.query(`
    create trigger ${table}_is_append_only before update or delete or truncate on ${table}
    for each statement execute function refuse_change()`);
  // The default privileges of the schema have granted them when the table was made.
  await runner.query(`
    do $$ declare role_name text; begin
      for role_name in
        select distinct quote_ident(pg_get_userbyid(acl.grantee)) from pg_class, aclexplode(relacl) acl
        where pg_class.oid = '${table}'::regclass and acl.grantee not in (0, relowner)
      loop
        execute format('revoke update, delete, truncate on ${table} from %s', role_name);
      end loop;
    end $$`);
}

/** Takes away, after the last append-only table of a schema is dropped, what they had in common. */
export async function dropAppendOnly(runner: QueryRunner): Promise<void> {
  await runner.query('drop function refuse_change');
}
