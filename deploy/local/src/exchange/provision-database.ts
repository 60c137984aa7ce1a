import { randomBytes } from 'node:crypto';

import { type ServiceName, services } from '@hie/contracts';
import pg from 'pg';

import type { Database } from '../postgres/database.js';

const DATABASE = 'hie';

/** How one service reaches its schema: under its own role, and for migrations under the schema's owner. */
export interface ServiceDatabase {
  readonly url: string;
  readonly migrationUrl: string;
}

/**
 * Makes one schema for each service with two roles: the owner, which migrates, and the one the service runs under, which may read
 * and write rows and nothing else. No role may enter another's schema.
 */
export async function provisionDatabase(database: Database): Promise<ReadonlyMap<ServiceName, ServiceDatabase>> {
  const ownerPassword = randomBytes(24).toString('base64url');
  await database.createRole('hie_owner', ownerPassword);
  await database.createDatabase(DATABASE, 'hie_owner');
  const provisioned = new Map<ServiceName, ServiceDatabase>();
  const admin = new pg.Client({ connectionString: inDatabase(database.url) });
  await admin.connect();
  try {
    await admin.query('revoke all on schema public from public');
    for (const service of services) provisioned.set(service, await provisionSchema(admin, database, service));
  } finally {
    await admin.end();
  }
  return provisioned;
}

async function provisionSchema(admin: pg.Client, database: Database, service: ServiceName): Promise<ServiceDatabase> {
  const schema = service.replaceAll('-', '_');
  const owner = `${schema}_owner`;
  const [password, ownerPassword] = [randomBytes(24), randomBytes(24)].map((bytes) => bytes.toString('base64url'));
  for (const [role, secret] of [
    [schema, password],
    [owner, ownerPassword],
  ]) {
    if (role === undefined || secret === undefined) continue;
    await admin.query(`create role ${role} login password ${pg.escapeLiteral(secret)}`);
    await admin.query(`grant connect on database ${DATABASE} to ${role}`);
    await admin.query(`alter role ${role} in database ${DATABASE} set search_path = ${schema}`);
  }
  await admin.query(`create schema ${schema} authorization ${owner}`);
  await admin.query(`grant usage on schema ${schema} to ${schema}`);
  await admin.query(
    `alter default privileges for role ${owner} in schema ${schema} grant select, insert, update, delete on tables to ${schema}`,
  );
  await admin.query(
    `alter default privileges for role ${owner} in schema ${schema} grant usage on sequences to ${schema}`,
  );
  return {
    url: database.urlFor(schema, password ?? '', DATABASE),
    migrationUrl: database.urlFor(owner, ownerPassword ?? '', DATABASE),
  };
}

function inDatabase(url: string): string {
  const other = new URL(url);
  other.pathname = `/${DATABASE}`;
  return other.href;
}
