import { randomBytes } from 'node:crypto';

import { type ServiceName, services } from '@hie/contracts';
import pg from 'pg';

import type { Database } from '../postgres/database.js';

const EXCHANGE_DATABASE = 'hie';

/** How one service reaches its schema: under its own role, and for migrations under the schema's owner. */
export interface ServiceDatabase {
  readonly url: string;
  readonly migrationUrl: string;
}

/**
 * Makes one schema for each service with two roles: the owner, which migrates, and the one the service runs under, which may read
 * and write rows and nothing else. No role may enter another's schema.
 *
 * What is there already stays, and the roles get new passwords.
 *
 * @param prefix stands before the names of the database and of every role, so that several exchanges share a server
 */
export async function provisionDatabase(
  database: Database,
  prefix = '',
): Promise<ReadonlyMap<ServiceName, ServiceDatabase>> {
  const names: Names = { database: databaseNamed(prefix), role: (name) => `${prefix}${name}` };
  await database.createRole(names.role('hie_owner'), newPassword());
  await database.createDatabase(names.database, names.role('hie_owner'));
  const provisioned = new Map<ServiceName, ServiceDatabase>();
  const admin = new pg.Client({ connectionString: inDatabase(database.url, names.database) });
  await admin.connect();
  try {
    await admin.query('revoke all on schema public from public');
    for (const service of services) provisioned.set(service, await provisionSchema(admin, database, service, names));
  } finally {
    await admin.end();
  }
  return provisioned;
}

/** What the exchange's database is called. */
export const databaseNamed = (prefix = ''): string => `${prefix}${EXCHANGE_DATABASE}`;

interface Names {
  readonly database: string;
  readonly role: (name: string) => string;
}

/** What a service calls its schema. */
export const schemaOf = (service: ServiceName): string => service.replaceAll('-', '_');

async function provisionSchema(
  admin: pg.Client,
  database: Database,
  service: ServiceName,
  names: Names,
): Promise<ServiceDatabase> {
  const schema = schemaOf(service);
  const role = names.role(schema);
  const owner = names.role(`${schema}_owner`);
  const urlOf = async (name: string): Promise<string> => {
    const password = newPassword();
    await database.createRole(name, password);
    await admin.query(`grant connect on database ${names.database} to ${name}`);
    await admin.query(`alter role ${name} in database ${names.database} set search_path = ${schema}`);
    return database.urlFor(name, password, names.database);
  };
  const [url, migrationUrl] = [await urlOf(role), await urlOf(owner)];
  await admin.query(`create schema if not exists ${schema} authorization ${owner}`);
  await admin.query(`grant usage on schema ${schema} to ${role}`);
  const ofOwner = `alter default privileges for role ${owner} in schema ${schema}`;
  await admin.query(`${ofOwner} grant select, insert, update, delete on tables to ${role}`);
  await admin.query(`${ofOwner} grant usage on sequences to ${role}`);
  return { url, migrationUrl };
}

const newPassword = (): string => randomBytes(24).toString('base64url');

export function inDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}
