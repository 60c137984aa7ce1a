import { readFileSync } from 'node:fs';

import type { Pool } from 'pg';
import { DataSource, type DataSourceOptions, type EntitySchema, type MigrationInterface } from 'typeorm';

type Constructor<T> = new () => T;

export interface DatabaseSettings {
  /** `postgresql://role:password@host:port/database`; one role and one schema a service. */
  readonly url: string;
  /** Path of the PEM the server's certificate must descend from. Without it the connection is not encrypted. */
  readonly caPath?: string;
  /** The service's own schema; no service reads another's. */
  readonly schema: string;
  readonly poolSize?: number;
  readonly applicationName?: string;
}

export interface DatabaseModel {
  readonly entities: readonly (Constructor<unknown> | EntitySchema)[];
  readonly migrations: readonly Constructor<MigrationInterface>[];
}

const DEFAULT_POOL_SIZE = 6;

/** TypeORM options for one service. `synchronize` is off everywhere: the schema is what the migrations say. */
export function databaseOptions(settings: DatabaseSettings, model: DatabaseModel): DataSourceOptions {
  const ssl = settings.caPath === undefined ? false : { ca: readFileSync(settings.caPath, 'utf8') };
  return {
    type: 'postgres',
    url: settings.url,
    schema: settings.schema,
    ssl,
    entities: [...model.entities],
    migrations: [...model.migrations],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    poolSize: settings.poolSize ?? DEFAULT_POOL_SIZE,
    connectTimeoutMS: 5_000,
    extra: {
      application_name: settings.applicationName ?? settings.schema,
      options: `-c search_path=${settings.schema}`,
      idleTimeoutMillis: 0,
      // Statements that one caller sends without waiting go out together: a transaction costs a round trip, not one a statement.
      pipeline: true,
    },
  };
}

/**
 * Brings a schema up to date and lets go of the connection.
 *
 * `ownerUrl` is the role that owns the schema; the role a service runs under may not change it.
 */
export async function migrate(ownerUrl: string, settings: DatabaseSettings, model: DatabaseModel): Promise<void> {
  const options = databaseOptions({ ...settings, url: ownerUrl, poolSize: 1 }, model);
  const source = await new DataSource(options).initialize();
  try {
    // Instances that start at the same time migrate one after another; the lock ends with the connection, which is the only one.
    await source.query('select pg_advisory_lock(hashtext(current_schema()))');
    await source.runMigrations();
  } finally {
    await source.destroy();
  }
}

/** The pool under a data source: the group commit is one raw statement on the same connections that TypeORM uses. */
export function poolOf(source: DataSource): Pool {
  const { driver } = source as { driver: { master?: Pool } };
  if (driver.master === undefined) throw new RangeError('The data source is not connected to PostgreSQL.');
  return driver.master;
}
