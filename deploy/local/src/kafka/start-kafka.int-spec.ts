import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka,
  logLevel,
  ResourcePatternTypes,
} from 'kafkajs';

import { type CertificateAuthority, certificateAuthority, type Leaf } from '../certificates/certificate-authority.js';
import { type LocalKafka, startKafka } from './start-kafka.js';

const TOPIC = 'exchange.query.requested.v1';

describe(startKafka.name, () => {
  let folder: string;
  let certificates: CertificateAuthority;
  let kafka: LocalKafka;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hie-kafka-'));
    certificates = await certificateAuthority(join(folder, 'certificates'));
    kafka = await startKafka({
      folder: join(folder, 'kafka'),
      logFile: join(folder, 'kafka.log'),
      certificates,
      plaintext: true,
    });
    const admin = as(kafka.admin).admin();
    await admin.connect();
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: TOPIC, numPartitions: 1 }] });
    await admin.createAcls({
      acl: [
        {
          principal: 'User:gateway',
          host: '*',
          resourceType: AclResourceTypes.TOPIC,
          resourceName: TOPIC,
          resourcePatternType: ResourcePatternTypes.LITERAL,
          operation: AclOperationTypes.WRITE,
          permissionType: AclPermissionTypes.ALLOW,
        },
      ],
    });
    await admin.disconnect();
  }, 60_000);
  afterAll(async () => {
    await kafka.stop();
    rmSync(folder, { recursive: true });
  }, 30_000);

  const as = (
    { certificatePath, keyPath }: Pick<Leaf, 'certificatePath' | 'keyPath'>,
    brokers = kafka.brokers,
  ): Kafka =>
    new Kafka({
      brokers: [brokers],
      ssl: { ca: certificates.certificate, cert: readFileSync(certificatePath), key: readFileSync(keyPath) },
      retry: { retries: 1, initialRetryTime: 50 },
      logLevel: logLevel.NOTHING,
    });

  const send = async (client: Kafka, topic = TOPIC): Promise<string> => {
    const producer = client.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    try {
      const [record] = await producer.send({ topic, acks: -1, messages: [{ value: 'x', timestamp: '1000' }] });
      return String(record?.baseOffset);
    } finally {
      await producer.disconnect();
    }
  };

  it('lets a principal do what its ACL says, by the common name of its certificate', async () => {
    await expect(send(as(await certificates.leaf('gateway')))).resolves.toMatch(/^\d+$/);
  });

  it('refuses a principal without an ACL', async () => {
    await expect(send(as(await certificates.leaf('record-locator')))).rejects.toThrow(/authoriz/i);
  });

  it('refuses a client without a certificate, and one of another authority', async () => {
    const stranger = await certificateAuthority(join(folder, 'stranger'));
    await expect(greeting(kafka.brokers, certificates.certificate)).resolves.toBe('refused');
    await expect(greeting(kafka.brokers, certificates.certificate, await stranger.leaf('admin'))).resolves.toBe(
      'refused',
    );
    await expect(greeting(kafka.brokers, certificates.certificate, kafka.admin)).resolves.toBe('accepted');
  });

  it('makes no topic because somebody writes to its name', async () => {
    await expect(send(as(kafka.admin), 'no.such.topic.v1')).rejects.toThrow(/topic/i);
  });

  it('stamps messages itself', async () => {
    const admin = as(kafka.admin).admin();
    await admin.connect();
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: TOPIC, configNames: ['message.timestamp.type'] }],
    });
    await admin.disconnect();
    expect(resources[0]?.configEntries).toMatchObject([
      { configName: 'message.timestamp.type', configValue: 'LogAppendTime' },
    ]);
  });

  it('has a listener without TLS when a benchmark asks for one', async () => {
    const bare = new Kafka({ brokers: [String(kafka.plaintextBrokers)], logLevel: logLevel.NOTHING });
    await expect(send(bare)).resolves.toMatch(/^\d+$/);
  });

  it('takes up a renewed certificate while it runs', async () => {
    const before = await servedSerial(kafka.brokers, kafka.admin, certificates.certificate);
    const renewed = await certificates.renew('broker');
    await kafka.reloadCertificate();
    const serial = new X509Certificate(readFileSync(renewed.certificatePath)).serialNumber;
    expect(serial).not.toBe(before);
    await until(async () => (await servedSerial(kafka.brokers, kafka.admin, certificates.certificate)) === serial);
    await expect(send(as(await certificates.leaf('gateway')))).resolves.toMatch(/^\d+$/);
  });

  it('is back on the same port with the same messages after a SIGKILL', async () => {
    const gateway = as(await certificates.leaf('gateway'));
    const before = Number(await send(gateway));
    const pid = kafka.pid();
    await kafka.restart();
    expect(kafka.pid()).not.toBe(pid);
    await expect(send(gateway)).resolves.toBe(String(before + 1));
  }, 60_000);

  it('is started again by itself when it crashes', async () => {
    const pid = kafka.pid() as number;
    process.kill(pid, 'SIGKILL');
    await until(() => kafka.pid() !== undefined && kafka.pid() !== pid);
    await until(async () => (await greeting(kafka.brokers, certificates.certificate, kafka.admin)) === 'accepted');
    await expect(send(as(kafka.admin))).resolves.toMatch(/^\d+$/);
  }, 60_000);
});

/** In TLS 1.3 the client's certificate is judged after its own side of the handshake: what counts is whether the broker goes on talking. */
function greeting(
  brokers: string,
  ca: string,
  leaf?: Pick<Leaf, 'certificatePath' | 'keyPath'>,
): Promise<'accepted' | 'refused'> {
  const [host, port] = brokers.split(':');
  const own = leaf === undefined ? {} : { cert: readFileSync(leaf.certificatePath), key: readFileSync(leaf.keyPath) };
  return new Promise((resolve) => {
    const socket = connect({ host: host as string, port: Number(port), ca, ...own });
    const timer = setTimeout(() => done('accepted'), 1_000);
    const done = (outcome: 'accepted' | 'refused'): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    socket
      .on('error', () => done('refused'))
      .on('end', () => done('refused'))
      .resume();
  });
}

function servedSerial(brokers: string, leaf: Pick<Leaf, 'certificatePath' | 'keyPath'>, ca: string): Promise<string> {
  const [host, port] = brokers.split(':');
  return new Promise((resolve, reject) => {
    const socket = connect(
      {
        host: host as string,
        port: Number(port),
        ca,
        cert: readFileSync(leaf.certificatePath),
        key: readFileSync(leaf.keyPath),
      },
      () => {
        resolve(socket.getPeerCertificate().serialNumber);
        socket.destroy();
      },
    ).on('error', reject);
  });
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 100));
}
