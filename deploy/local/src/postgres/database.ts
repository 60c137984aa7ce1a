import pg from 'pg';

import { LocalExchangeError } from '../local-exchange-error.js';

/** A PostgreSQL server as its administrator sees it, this project's own or a given one. */
export interface Database {
  /** The administrator's URL. Carries the password, `sslmode` and `sslrootcert`. */
  readonly url: string;
  /** PEM of the authority that its certificate descends from: the URL's `sslrootcert`. */
  readonly caPath: string | undefined;
  /** The same server and database under another name and password. */
  urlFor(role: string, password: string, database?: string): string;
  /**
   * Makes a role that may log in, or gives an existing one this password. It gets no right by that but the one to
   * connect.
   */
  createRole(role: string, password: string): Promise<void>;
  /** Makes a database owned by a role, unless there is one of that name. Nobody but the owner may connect to it. */
  createDatabase(name: string, owner: string): Promise<void>;
  /** Takes a database away with whoever is connected to it, and every role whose name begins with `rolePrefix`. */
  dropDatabase(name: string, rolePrefix: string): Promise<void>;
}

export function database(url: string): Database {
  return {
    url,
    caPath: new URL(url).searchParams.get('sslrootcert') ?? undefined,
    urlFor: (role, password, name) => {
      const other = new URL(url);
      other.username = encodeURIComponent(role);
      other.password = encodeURIComponent(password);
      if (name !== undefined) other.pathname = `/${encodeURIComponent(name)}`;
      return other.href;
    },
    createRole: (role, password) =>
      administer(url, async (client) => {
        const name = pg.escapeIdentifier(role);
        const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
        const verb = rowCount === 0 ? 'create' : 'alter';
        await client.query(`${verb} role ${name} login password ${pg.escapeLiteral(password)}`);
      }),
    createDatabase: (name, owner) =>
      administer(url, async (client) => {
        const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
        if (rowCount !== 0) return;
        const identifier = pg.escapeIdentifier(name);
        await client.query(`create database ${identifier} owner ${pg.escapeIdentifier(owner)}`);
        await client.query(`revoke connect on database ${identifier} from public`);
      }),
    dropDatabase: (name, rolePrefix) =>
      administer(url, async (client) => {
        await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
        const owned = 'select rolname from pg_roles where starts_with(rolname, $1)';
        const { rows } = await client.query<{ rolname: string }>(owned, [rolePrefix]);
        for (const { rolname } of rows) await client.query(`drop role ${pg.escapeIdentifier(rolname)}`);
      }),
  };
}

/** Whether the server answers a query under that URL now. */
export async function answersQuery(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function administer(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await work(client);
  } catch (cause) {
    throw new LocalExchangeError('database-refused', { reason: reasonOf(cause) }, { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** PostgreSQL's error code or Node's, never the text: it may quote the statement, and so a password. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
}
