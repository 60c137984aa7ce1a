import pg from 'pg';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type CertificateAuthority, certificateAuthority } from '../certificates/certificate-authority.js';
import { type LocalPostgres, startPostgres } from './start-postgres.js';

describe(startPostgres.name, () => {
  let folder: string;
  let certificates: CertificateAuthority;
  let postgres: LocalPostgres;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hie-postgres-'));
    certificates = await certificateAuthority(join(folder, 'certificates'));
    postgres = await startPostgres({
      folder: join(folder, 'postgres'),
      logFile: join(folder, 'postgres.log'),
      certificates,
    });
  }, 60_000);
  afterAll(async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true });
  }, 30_000);

  const query = async (sql: string, url = postgres.url): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(sql)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  };
  const setting = async (name: string): Promise<unknown> => (await query(`show ${name}`))[0]?.[name];

  it('keeps what was committed: fsync, synchronous commit and full pages are on', async () => {
    for (const name of ['fsync', 'synchronous_commit', 'full_page_writes'])
      await expect(setting(name)).resolves.toBe('on');
  });

  it('listens on the loopback alone', async () => {
    await expect(setting('listen_addresses')).resolves.toBe('127.0.0.1');
    await expect(setting('unix_socket_directories')).resolves.toBe('');
  });

  it('speaks TLS 1.3 and nothing without TLS', async () => {
    await expect(query('select version from pg_stat_ssl where pid = pg_backend_pid()')).resolves.toEqual([
      { version: 'TLSv1.3' },
    ]);
    const bare = new URL(postgres.url);
    bare.search = '?sslmode=disable';
    await expect(query('select 1', bare.href)).rejects.toMatchObject({ code: '28000' });
  });

  it('refuses a wrong password, and keeps passwords as SCRAM', async () => {
    await postgres.createRole('consent', 'correct');
    await expect(query('select 1', postgres.urlFor('consent', 'wrong'))).rejects.toMatchObject({ code: '28P01' });
    await expect(query('select 1 as one', postgres.urlFor('consent', 'correct'))).resolves.toEqual([{ one: 1 }]);
    await expect(query("select rolpassword from pg_authid where rolname = 'consent'")).resolves.toEqual([
      { rolpassword: expect.stringMatching(/^SCRAM-SHA-256\$/) },
    ]);
  });

  it("gives a role its own database and keeps it out of another's, said twice or once", async () => {
    for (const name of ['participants', 'patient-index', 'participants']) {
      await postgres.createRole(name, `password of ${name}'s`);
      await postgres.createDatabase(name, name);
    }
    const own = postgres.urlFor('patient-index', "password of patient-index's", 'patient-index');
    await expect(query('create table person (id int)', own)).resolves.toEqual([]);
    const others = postgres.urlFor('patient-index', "password of patient-index's", 'participants');
    await expect(query('select 1', others)).rejects.toMatchObject({ code: '42501' });
  });

  it('logs no statement and no value of a failed one', async () => {
    await query('create table patient (name text primary key)');
    await query("insert into patient values ('Quillfeather')");
    await expect(query("insert into patient values ('Quillfeather')")).rejects.toMatchObject({ code: '23505' });
    await expect(query("select 'Quillfeather' from nowhere")).rejects.toMatchObject({ code: '42P01' });
    const log = readFileSync(join(folder, 'postgres.log'), 'utf8');
    expect(log).toMatch(/duplicate key value/);
    expect(log).not.toMatch(/Quillfeather/);
  });

  it('takes up a renewed certificate while it runs', async () => {
    const open = new pg.Client({ connectionString: postgres.url });
    await open.connect();
    const serial = async (): Promise<unknown> => servedSerial(postgres.url);
    const before = await serial();
    await certificates.renew('postgres');
    await postgres.reloadCertificate();
    await until(async () => (await serial()) !== before);
    await expect(open.query('select 1')).resolves.toMatchObject({ rowCount: 1 });
    await open.end();
  });

  it('is back on the same port with what was committed after a SIGKILL in the middle of a query', async () => {
    await query('create table kept (id int); insert into kept values (7)');
    const busy = query('select count(*) from generate_series(1, 1e12)').catch((error: unknown) => error);
    await until(
      async () =>
        (await query("select from pg_stat_activity where query like '%generate_series%' and state = 'active'")).length >
        1,
    );
    const pid = postgres.pid();
    await postgres.restart();
    expect(postgres.pid()).not.toBe(pid);
    expect(await busy).toBeInstanceOf(Error);
    await expect(query('select id from kept')).resolves.toEqual([{ id: 7 }]);
  }, 30_000);

  it('is started again by itself when it crashes', async () => {
    const pid = postgres.pid() as number;
    process.kill(pid, 'SIGKILL');
    await until(() => postgres.pid() !== undefined && postgres.pid() !== pid);
    await until(() =>
      query('select 1').then(
        () => true,
        () => false,
      ),
    );
  }, 30_000);

  it('says which port is taken', async () => {
    const options = {
      folder: join(folder, 'second'),
      logFile: join(folder, 'second.log'),
      certificates,
      port: postgres.port,
    };
    await expect(startPostgres(options)).rejects.toMatchObject({ code: 'port-taken', detail: { port: postgres.port } });
  }, 30_000);
});

/** The serial number of the certificate that the server shows to a new connection. */
async function servedSerial(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { stream } = (
    client as unknown as { connection: { stream: { getPeerCertificate(): { serialNumber: string } } } }
  ).connection;
  const { serialNumber } = stream.getPeerCertificate();
  await client.end();
  return serialNumber;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}
