import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import kafkajs, { Kafka, logLevel } from 'kafkajs';

import { type CertificateAuthority, type Leaf } from '../certificates/certificate-authority.js';
import { replaceFile } from '../certificates/exclusive-file.js';
import { freePort, freePorts, onFreePort } from '../free-port.js';
import { type LocalServer } from '../local-server.js';
import { runProgram } from '../process/run-program.js';
import { supervise, type Supervisor } from '../supervisor/supervise.js';
import { classArchive } from './class-archive.js';
import { brokerCommand, formatCommand, kafkaRuntime, type KafkaRuntime } from './kafka-runtime.js';
import { type KafkaPorts, serverProperties } from './server-properties.js';

export interface KafkaOptions {
  /** The run's folder for it: its properties, its key store, its data. */
  readonly folder: string;
  readonly logFile: string;
  readonly certificates: CertificateAuthority;
  /** A certain port for its mutual-TLS listener; a free one unless said. */
  readonly port?: number;
  /** Also a listener without TLS whose clients may do everything: only for a benchmark's bare floor. */
  readonly plaintext?: boolean;
  /** Megabytes of heap; 512 unless said. */
  readonly heapMb?: number;
  readonly runtime?: KafkaRuntime;
}

/** How a client reaches a Kafka. */
export interface KafkaEndpoint {
  /** `host:port`, comma-separated: the form of `KAFKA_BROKERS`. */
  readonly brokers: string;
  /** PEM files of a principal that may do everything; absent for a given Kafka without TLS. */
  readonly admin?: Pick<Leaf, 'certificatePath' | 'keyPath'> & { readonly caPath: string };
}

/** A Kafka of this exchange's own. */
export type LocalKafka = Required<KafkaEndpoint> &
  LocalServer & {
    /** Brokers of the listener without TLS, where one was asked for. */
    readonly plaintextBrokers?: string;
  };

/**
 * Starts Apache Kafka, one node, KRaft, on fresh data; every listener wants a certificate of the local authority, and
 * every principal but `broker` and `admin` an ACL.
 *
 * @throws LocalExchangeError `kafka-not-installed`, `port-taken`, `disk-full`, `process-ended` or `process-not-ready`, naming the log.
 */
export async function startKafka(options: KafkaOptions): Promise<LocalKafka> {
  const runtime = options.runtime ?? kafkaRuntime();
  const { folder, certificates } = options;
  const [properties, keyStorePath, trustStorePath] = ['server.properties', 'broker.pem', 'ca.pem'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  mkdirSync(folder, { recursive: true });
  const admin = await certificates.leaf('admin');
  const installCertificate = async (): Promise<void> => {
    const broker = await certificates.leaf('broker');
    replaceFile(
      keyStorePath,
      readFileSync(broker.keyPath, 'utf8') + readFileSync(broker.certificatePath, 'utf8'),
      0o600,
    );
    replaceFile(trustStorePath, certificates.certificate, 0o644);
  };
  await installCertificate();

  const clusterId = newClusterId();
  const { ports, supervisor } = await onFreePort(options.port, async (mtls) => {
    const ports = await choosePorts(mtls, options.plaintext === true);
    const bind = runtime.kind === 'image' ? '0.0.0.0' : '127.0.0.1';
    const dataFolder = join(folder, `data-${mtls}`);
    writeFileSync(properties, serverProperties({ ports, bind, keyStorePath, trustStorePath, dataFolder }));
    return { ports, supervisor: await startBroker(options, runtime, properties, clusterId, ports, admin) };
  });

  const brokers = `127.0.0.1:${ports.mtls}`;
  const endpoint = { brokers, admin: { ...admin, caPath: certificates.certificatePath } };
  return {
    ...endpoint,
    ...(ports.plaintext === undefined ? {} : { plaintextBrokers: `127.0.0.1:${ports.plaintext}` }),
    pid: () => supervisor.pid('kafka'),
    takeDown: (signal) => supervisor.takeDown('kafka', signal),
    bringUp: () => supervisor.bringUp('kafka'),
    restart: (signal) => supervisor.restart('kafka', signal),
    reloadCertificate: async () => {
      await installCertificate();
      await reloadKeyStore(endpoint, keyStorePath);
    },
    stop: () => supervisor.stop(),
  };
}

async function choosePorts(mtls: number, withPlaintext: boolean): Promise<KafkaPorts> {
  if (!withPlaintext) return { mtls, controller: await freePort() };
  const [controller, plaintext] = (await freePorts(2)) as [number, number];
  return { mtls, controller, plaintext };
}

async function startBroker(
  { folder, logFile, heapMb = 512, certificates }: KafkaOptions,
  runtime: KafkaRuntime,
  properties: string,
  clusterId: string,
  ports: KafkaPorts,
  admin: Leaf,
): Promise<Supervisor> {
  const archive =
    runtime.kind === 'archives'
      ? classArchive(runtime.folder, runtime.java)
      : { broker: [], others: [], keep: () => undefined };
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };
  const format = formatCommand(runtime, { properties, clusterId, jvm: archive.others });
  if (format !== undefined) await runProgram(format.command, format.args, { name: 'Kafka format', env, logFile });
  const published = [ports.mtls, ...(ports.plaintext === undefined ? [] : [ports.plaintext])];
  const endpoint = { brokers: `127.0.0.1:${ports.mtls}`, admin: { ...admin, caPath: certificates.certificatePath } };
  const supervisor = await supervise([
    {
      name: 'kafka',
      ...brokerCommand(runtime, { properties, clusterId, folder, ports: published, heapMb, jvm: archive.broker }),
      env,
      cwd: folder,
      logFile,
      restart: true,
      // Long enough for the class archive that its first orderly end leaves.
      stopWithinMs: 30_000,
      ready: () => answersMetadata(endpoint),
    },
  ]);
  return { ...supervisor, stop: () => supervisor.stop().then(archive.keep) };
}

/** Sixteen random bytes in URL-safe Base64, as Kafka writes its ids; never with a leading hyphen, which would read as an option. */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}

/** A kafkajs client under the administrator's certificate; it says nothing by itself and does not try again. */
function adminClient({ brokers, admin }: KafkaEndpoint): Kafka {
  const ssl = admin && {
    ca: readFileSync(admin.caPath),
    cert: readFileSync(admin.certificatePath),
    key: readFileSync(admin.keyPath),
  };
  return new Kafka({
    clientId: 'local-exchange',
    brokers: brokers.split(','),
    ...(ssl === undefined ? {} : { ssl }),
    connectionTimeout: 2_000,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
}

/** Whether a Kafka answers who its controller is now. */
export async function answersMetadata(endpoint: KafkaEndpoint): Promise<boolean> {
  const client = adminClient(endpoint).admin();
  try {
    await client.connect();
    const { controller, brokers } = await client.describeCluster();
    return controller !== null && brokers.length > 0;
  } catch {
    return false;
  } finally {
    await client.disconnect().catch(() => undefined);
  }
}

/**
 * Has a broker read its key store again. Setting a listener's key store to the path it has is Kafka's way to say that
 * the file behind it changed (KIP-226).
 */
async function reloadKeyStore(endpoint: Required<KafkaEndpoint>, keyStorePath: string): Promise<void> {
  const client = adminClient(endpoint).admin();
  try {
    await client.connect();
    await client.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.BROKER,
          name: '1',
          configEntries: [{ name: 'listener.name.mtls.ssl.keystore.location', value: keyStorePath }],
        },
      ],
    });
  } finally {
    await client.disconnect();
  }
}
