import { setTimeout as pause } from 'node:timers/promises';

import { type CertificateAuthority, certificateAuthority } from './certificates/certificate-authority.js';
import { keepRenewed } from './certificates/keep-renewed.js';
import { answersMetadata, type KafkaEndpoint, type LocalKafka, startKafka } from './kafka/start-kafka.js';
import { LocalExchangeError } from './local-exchange-error.js';
import { answersQuery, type Database, database } from './postgres/database.js';
import { type LocalPostgres, startPostgres } from './postgres/start-postgres.js';
import { type RunFolder } from './run/run-folder.js';

/** What the services of an exchange stand on. */
export interface Infrastructure {
  readonly certificates: CertificateAuthority;
  readonly kafka: KafkaEndpoint | LocalKafka;
  readonly postgres: Database | LocalPostgres;
  /**
   * The same for another process: `KAFKA_BROKERS`, `TLS_CA`, `TLS_CERT` and `TLS_KEY` (of the principal `admin`),
   * `DATABASE_URL` (of the administrator), and `HIE_CERTIFICATES`, the authority's folder.
   */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface InfrastructureOptions {
  readonly run: RunFolder;
  /** Where `KAFKA_BROKERS` (with `TLS_CA`, `TLS_CERT`, `TLS_KEY`) and `DATABASE_URL` name servers to use instead. */
  readonly env?: NodeJS.ProcessEnv;
  /** Also a Kafka listener without TLS: only for a benchmark's bare floor. */
  readonly plaintextKafka?: boolean;
  /** Hears of each server as it answers, with the milliseconds that took. */
  readonly onReady?: (name: string, tookMs: number) => void;
}

const GIVEN_WITHIN_MS = 10_000;

/**
 * Starts Kafka and PostgreSQL side by side, or uses those given, and keeps the certificates of this exchange's own
 * renewed.
 *
 * @throws LocalExchangeError `given-server-silent` when a given one does not answer; else as `startKafka` and
 *   `startPostgres` do, whichever has started being stopped before.
 */
export async function startInfrastructure(options: InfrastructureOptions): Promise<Infrastructure> {
  const { run, env = process.env, onReady = () => undefined } = options;
  const certificateFolder = run.folder('certificates');
  const certificates = await certificateAuthority(certificateFolder);
  const startedAtMs = Date.now();
  const told = async <T>(name: string, starting: Promise<T>): Promise<T> => {
    const started = await starting;
    onReady(name, Date.now() - startedAtMs);
    return started;
  };
  const [kafka, postgres] = await all([
    told(
      'kafka',
      givenKafka(env) ??
        startKafka({
          folder: run.folder('kafka'),
          logFile: run.log('kafka'),
          certificates,
          plaintext: options.plaintextKafka ?? false,
        }),
    ),
    told(
      'postgres',
      givenPostgres(env) ??
        startPostgres({ folder: run.folder('postgres'), logFile: run.log('postgres'), certificates }),
    ),
  ]);

  const own = [kafka, postgres].filter(isOwn);
  const renewal = keepRenewed(
    certificates,
    await Promise.all(['broker', 'admin', 'postgres'].map((name) => certificates.leaf(name))),
    async () => void (await Promise.all(own.map((server) => server.reloadCertificate()))),
    (error) => process.emitWarning(error instanceof Error ? error : String(error)),
  );
  return {
    certificates,
    kafka,
    postgres,
    environment: {
      KAFKA_BROKERS: kafka.brokers,
      ...(kafka.admin === undefined
        ? {}
        : { TLS_CA: kafka.admin.caPath, TLS_CERT: kafka.admin.certificatePath, TLS_KEY: kafka.admin.keyPath }),
      DATABASE_URL: postgres.url,
      HIE_CERTIFICATES: certificateFolder,
    },
    stop: async () => {
      renewal.stop();
      await Promise.all(own.map((server) => server.stop()));
    },
  };
}

/** Whether a server is this run's own, and not one that others run. */
export const isOwn = <T extends object>(
  server: T,
): server is T & { stop(): Promise<void>; reloadCertificate(): Promise<void> } => 'stop' in server;

/** Both, or the first failure once the other has been stopped again. */
async function all<A extends object, B extends object>(starting: readonly [Promise<A>, Promise<B>]): Promise<[A, B]> {
  const settled = await Promise.allSettled(starting);
  const failed = settled.find(({ status }) => status === 'rejected');
  if (failed === undefined) return Promise.all(starting);
  await Promise.all(
    settled.map((one) => (one.status === 'fulfilled' && isOwn(one.value) ? one.value.stop() : undefined)),
  );
  throw (failed as PromiseRejectedResult).reason;
}

function givenKafka(env: NodeJS.ProcessEnv): Promise<KafkaEndpoint> | undefined {
  const { KAFKA_BROKERS: brokers, TLS_CA: caPath, TLS_CERT: certificatePath, TLS_KEY: keyPath } = env;
  if (!brokers) return undefined;
  const endpoint =
    caPath && certificatePath && keyPath ? { brokers, admin: { caPath, certificatePath, keyPath } } : { brokers };
  return answering('KAFKA_BROKERS', endpoint, () => answersMetadata(endpoint));
}

function givenPostgres(env: NodeJS.ProcessEnv): Promise<Database> | undefined {
  const { DATABASE_URL: url } = env;
  return url ? answering('DATABASE_URL', database(url), () => answersQuery(url)) : undefined;
}

async function answering<T>(variable: string, server: T, answers: () => Promise<boolean>): Promise<T> {
  const deadline = Date.now() + GIVEN_WITHIN_MS;
  while (!(await answers())) {
    if (Date.now() > deadline) throw new LocalExchangeError('given-server-silent', { variable });
    await pause(250);
  }
  return server;
}
