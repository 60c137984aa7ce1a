// Every service's schema as the exchange provisions it: migrations both ways, entities without drift, and who may do what.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { type ServiceName, services } from '@hie/contracts';
import { type DatabaseModel, databaseOptions, migrate } from '@hie/persistence';
import { required } from '@hie/testing-kit';
import pg from 'pg';
import { DataSource } from 'typeorm';

import { checkout } from '../../setup/cache.mjs';
import { database } from '../postgres/database.js';
import { type ServiceDatabase, provisionDatabase, schemaOf } from './provision-database.js';

const INSUFFICIENT_PRIVILEGE = '42501';
const RESTRICT_VIOLATION = '23001';
const prefix = `t${randomBytes(4).toString('hex')}_`;
const all = services.map((service) => [service] as const);

let provisioned: ReadonlyMap<ServiceName, ServiceDatabase>;
const models = new Map<ServiceName, DatabaseModel>();

beforeAll(async () => {
  provisioned = await provisionDatabase(database(required('DATABASE_URL')), prefix);
  for (const service of services) {
    const file = join(checkout, 'apps', service, 'src/persistence/model.ts');
    models.set(service, ((await import(file)) as { model: DatabaseModel }).model);
  }
});

afterAll(async () => {
  const admin = new pg.Client({ connectionString: required('DATABASE_URL') });
  await admin.connect();
  await admin.query(`drop database ${prefix}hie with (force)`);
  const { rows } = await admin.query<{ rolname: string }>(
    'select rolname from pg_roles where starts_with(rolname, $1)',
    [prefix],
  );
  for (const { rolname } of rows) await admin.query(`drop role ${pg.escapeIdentifier(rolname)}`);
  await admin.end();
});

/** What a service connects with, under its own role or under its schema's owner. */
function settingsOf(service: ServiceName, as: keyof ServiceDatabase) {
  const url = provisioned.get(service)?.[as];
  const model = models.get(service);
  if (url === undefined || model === undefined) throw new RangeError('A service was not provisioned.');
  return { settings: { url, caPath: required('TLS_CA'), schema: schemaOf(service), poolSize: 1 }, model };
}

async function connected<T>(
  service: ServiceName,
  as: keyof ServiceDatabase,
  work: (source: DataSource) => Promise<T>,
): Promise<T> {
  const { settings, model } = settingsOf(service, as);
  const source = await new DataSource(databaseOptions(settings, model)).initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}

/** Tables, views, sequences, functions and types of a schema, but what TypeORM keeps its own count of migrations in. */
const objectsIn = (source: DataSource, schema: string): Promise<readonly { readonly name: string }[]> =>
  source.query(
    `select relname as name from pg_class where relnamespace = $1::regnamespace and relname !~ '^(PK_.*|migration.*)$'
     union all select proname from pg_proc where pronamespace = $1::regnamespace
     union all select typname from pg_type where typnamespace = $1::regnamespace and typname !~ '^_?migration'`,
    [schema],
  );

/** PostgreSQL's error code, or `undefined` when the statement was carried out. */
const refusalOf = (source: DataSource, statement: string): Promise<string | undefined> =>
  source.query(statement).then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );

describe.each(all)('the schema of %s', (service) => {
  it('goes up, down to nothing, and up again', async () => {
    await connected(service, 'migrationUrl', async (source) => {
      await source.runMigrations();
      const made = await objectsIn(source, schemaOf(service));
      expect(made.length).toBeGreaterThan(0);
      for (let left = source.migrations.length; left > 0; left -= 1) await source.undoLastMigration();
      expect(await objectsIn(source, schemaOf(service))).toEqual([]);
      await source.runMigrations();
      expect(await objectsIn(source, schemaOf(service))).toEqual(made);
    });
  });

  it('is what the entities say', async () => {
    await connected(service, 'migrationUrl', async (source) => {
      const { upQueries } = await source.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    });
  });
});

describe.each(all)('the role of %s', (service) => {
  beforeAll(async () => {
    for (const each of services) {
      const { settings, model } = settingsOf(each, 'migrationUrl');
      await migrate(settings.url, settings, model);
    }
  });

  it('reads its own tables and no other service’s', async () => {
    await connected(service, 'url', async (source) => {
      const refusals = new Map<string, string | undefined>();
      for (const other of services) {
        refusals.set(other, await refusalOf(source, `select * from ${schemaOf(other)}.inbox`));
      }
      const expected = services.map(
        (other) => [other, other === service ? undefined : INSUFFICIENT_PRIVILEGE] as const,
      );
      expect(refusals).toEqual(new Map(expected));
    });
  });

  it('can’t change its schema, nor make another', async () => {
    await connected(service, 'url', async (source) => {
      for (const statement of [
        `create table ${schemaOf(service)}.mine (id int)`,
        'create table public.mine (id int)',
        `create schema mine`,
        `drop table ${schemaOf(service)}.inbox`,
        `alter table ${schemaOf(service)}.inbox add column mine int`,
        `truncate ${schemaOf(service)}.inbox`,
      ]) {
        expect([statement, await refusalOf(source, statement)]).toEqual([statement, INSUFFICIENT_PRIVILEGE]);
      }
    });
  });
});

describe.each<readonly [ServiceName, table: string, column: string]>([
  ['audit-ledger', 'entry', 'head'],
  ['consent', 'consent_version', 'resource'],
  ['consent', 'break_glass_case', 'reason'],
  ['patient-index', 'identity_event', 'details'],
])('%s adds to %s and never changes it', (service, table, column) => {
  const changes = [`update ${table} set ${column} = ${column}`, `delete from ${table}`, `truncate ${table}`];

  it('under its own role, which has no such privilege', async () => {
    await connected(service, 'url', async (source) => {
      expect(await inTurn(source, changes)).toEqual(changes.map(() => INSUFFICIENT_PRIVILEGE));
      const granted = await source.query<{ privilege_type: string }[]>(
        'select privilege_type from information_schema.role_table_grants where grantee = current_user and table_name = $1',
        [table],
      );
      expect(granted.map(({ privilege_type: each }) => each).sort()).toEqual(['INSERT', 'SELECT']);
    });
  });

  it('nor under the owner’s', async () => {
    await connected(service, 'migrationUrl', async (source) => {
      expect(await inTurn(source, changes)).toEqual(changes.map(() => RESTRICT_VIOLATION));
    });
  });
});

async function inTurn(source: DataSource, statements: readonly string[]) {
  const codes: (string | undefined)[] = [];
  for (const statement of statements) codes.push(await refusalOf(source, statement));
  return codes;
}

describe(provisionDatabase.name, () => {
  it('takes a server that has been provisioned before, whose old passwords end', async () => {
    const before = settingsOf('consent', 'url').settings.url;
    provisioned = await provisionDatabase(database(required('DATABASE_URL')), prefix);
    expect(await connected('consent', 'url', (source) => refusalOf(source, 'select * from inbox'))).toBeUndefined();
    const { settings, model } = settingsOf('consent', 'url');
    const stale = new DataSource(databaseOptions({ ...settings, url: before }, model)).initialize();
    await expect(stale).rejects.toMatchObject({ code: '28P01' });
  });
});
