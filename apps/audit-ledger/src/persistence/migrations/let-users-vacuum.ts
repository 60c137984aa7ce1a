import type { QueryRunner } from 'typeorm';

/** PostgreSQL leaves an old row in its file until it is vacuumed; from version 17 on the service may see to that itself. */
export async function letUsersVacuum(runner: QueryRunner, table: string): Promise<void> {
  await runner.query(`
    do $$ declare role_name text; begin
      if current_setting('server_version_num')::int >= 170000 then
        for role_name in
          select distinct quote_ident(pg_get_userbyid(acl.grantee)) from pg_class, aclexplode(relacl) acl
          where pg_class.oid = '${table}'::regclass and acl.grantee not in (0, relowner)
        loop
          execute format('grant maintain on ${table} to %s', role_name);
        end loop;
      end if;
    end $$`);
}
