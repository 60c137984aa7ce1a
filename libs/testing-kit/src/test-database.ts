import { randomBytes } from 'node:crypto';

import pg from 'pg';

/** A schema of its own in the test run's PostgreSQL. */
export interface TestSchema {
  readonly name: string;
  /** For `databaseOptions`. */
  readonly url: string;
  readonly caPath: string;
  /** A pool whose search path is the schema; PostgreSQL knows its connections by the schema's name. */
  readonly pool: pg.Pool;
  drop(): Promise<void>;
}

/**
 * Makes an empty schema for one spec file.
 *
 * @throws RangeError outside `npm test`, which starts PostgreSQL and says where it is.
 */
export async function testSchema(): Promise<TestSchema> {
  const url = required('DATABASE_URL');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create schema ${name}`);
  await admin.end();
  const pool = new pg.Pool({
    connectionString: url,
    max: 6,
    options: `-c search_path=${name}`,
    application_name: name,
    pipeline: true,
  });
  return {
    name,
    url,
    caPath: required('TLS_CA'),
    pool,
    drop: async () => {
      await pool.query(`drop schema ${name} cascade`);
      await pool.end();
    },
  };
}

/** A variable that `npm test` sets. */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new RangeError('This spec needs what `npm test` starts.');
  return value;
}
