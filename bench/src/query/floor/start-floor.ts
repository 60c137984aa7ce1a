import { fileURLToPath } from 'node:url';

import type { ServiceName } from '@hie/contracts';
import {
  type ComposedExchange,
  type Infrastructure,
  type ProcessSpec,
  type RunFolder,
  freePorts,
  serviceAllocatorEnvironment,
  serviceNodeArguments,
} from '@hie/local-exchange';
import { accessList, connectKafka, provisionTopics, topicSettings } from '@hie/messaging';
import { createInboxAndOutbox, createToldEvents, dropInboxAndOutbox, dropToldEvents, migrate } from '@hie/persistence';
import { Client } from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Agent, request } from 'undici';

import type { WireSizes } from './door.js';
import { dressedContracts } from './dressed-contracts.js';
import { AUDIT_STEM, type FloorKind, floorHops, floorServices, floorTopic } from './hops.js';

/** What a floor stands on. */
export interface FloorGround {
  readonly run: RunFolder;
  readonly infrastructure: Infrastructure;
  readonly exchange: ComposedExchange;
}

/** A floor's processes before they are started, and where each listens. */
export interface FloorPlan {
  readonly specs: readonly ProcessSpec[];
  readonly urls: ReadonlyMap<ServiceName, string>;
}

const processFile = (kind: FloorKind): string => fileURLToPath(new URL(`./${kind}-hop.process.js`, import.meta.url));

class CreateFloor1790000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createInboxAndOutbox(runner);
    await createToldEvents(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropToldEvents(runner);
    await dropInboxAndOutbox(runner);
  }
}

/** The dressed floor's topics, access list and tables, and its processes: one for each of the real path's. */
export async function planDressedFloor(ground: FloorGround): Promise<FloorPlan> {
  const { run, infrastructure, exchange } = ground;
  await withAdmin(ground, async (admin) => {
    await provisionTopics(admin, 1, topicSettings(dressedContracts));
    await admin.createAcls({ acl: [...accessList(dressedContracts)] });
  });
  const url = new URL(infrastructure.postgres.url);
  url.pathname = '/hie';
  const { certificates } = infrastructure;
  const own = new Map<ServiceName, Record<string, string>>();
  for (const service of floorServices) {
    const schema = `dressed_${service.replaceAll('-', '_')}`;
    await createTables(url.href, schema, certificates.certificatePath);
    const leaf = await certificates.leaf(service);
    own.set(service, {
      TLS_CA: certificates.certificatePath,
      TLS_CERT: leaf.certificatePath,
      TLS_KEY: leaf.keyPath,
      KAFKA_BROKERS: infrastructure.kafka.brokers,
      DATABASE_URL: url.href,
      DATABASE_SCHEMA: schema,
      TRUST: exchange.trust.folder,
      OBJECT_STORE: run.folder('dressed-objects'),
    });
  }
  return plan('dressed', ground, (service) => own.get(service) ?? {});
}

/** The bare floor: messages as large as those of the dressed one were measured to be. */
export async function planBareFloor(ground: FloorGround, hop: WireSizes, audit: WireSizes): Promise<FloorPlan> {
  const { kafka } = ground.infrastructure;
  const plaintext = 'plaintextBrokers' in kafka ? kafka.plaintextBrokers : undefined;
  if (plaintext === undefined) throw new RangeError('The bare floor needs a listener without TLS.');
  const topics = [...floorHops.map(({ stem }) => stem), AUDIT_STEM].map((stem) => floorTopic('bare', stem));
  const config = { 'message.timestamp.type': 'LogAppendTime', 'retention.ms': '3600000' };
  await withAdmin(ground, async (admin) => {
    await provisionTopics(
      admin,
      1,
      topics.map((topic) => ({ topic, partitions: 1, config })),
    );
  });
  return plan('bare', ground, () => ({
    KAFKA_BROKERS: plaintext,
    HOP_VALUE_BYTES: String(hop.valueBytes),
    HOP_HEADER_BYTES: String(hop.headerBytes),
    AUDIT_VALUE_BYTES: String(audit.valueBytes),
    AUDIT_HEADER_BYTES: String(audit.headerBytes),
  }));
}

/** What the floor's messages weigh: hops and audit messages, each the mean of what their readers have read. */
export async function wireSizesOf({ urls }: FloorPlan, ca: string): Promise<{ hop: WireSizes; audit: WireSizes }> {
  const agent = new Agent({ connect: { ca } });
  try {
    const read = async (service: ServiceName): Promise<WireSizes> => {
      const { body } = await request(`${urls.get(service)}/sizes`, { dispatcher: agent });
      return (await body.json()) as WireSizes;
    };
    const hops = await Promise.all(floorHops.map(({ to }) => read(to)));
    const mean = (of: (sizes: WireSizes) => number): number =>
      Math.round(hops.reduce((sum, sizes) => sum + of(sizes), 0) / hops.length);
    const hop = {
      messages: mean(({ messages }) => messages),
      valueBytes: mean(({ valueBytes }) => valueBytes),
      headerBytes: mean(({ headerBytes }) => headerBytes),
    };
    return { hop, audit: await read('audit-ledger') };
  } finally {
    await agent.close();
  }
}

async function plan(
  kind: FloorKind,
  { run, infrastructure }: FloorGround,
  environmentOf: (service: ServiceName) => Record<string, string>,
): Promise<FloorPlan> {
  const ports = await freePorts(floorServices.length);
  const scheme = kind === 'bare' ? 'http' : 'https';
  const urls = new Map(floorServices.map((service, at) => [service, `${scheme}://127.0.0.1:${ports[at]}`]));
  const specs = floorServices.map((service, at) => ({
    name: `${kind} ${service}`,
    command: process.execPath,
    args: [...serviceNodeArguments, processFile(kind)],
    env: {
      ...serviceAllocatorEnvironment,
      ...{ NODE_ENV: 'production', FLOOR_SERVICE: service, PORT: String(ports[at]) },
      ...environmentOf(service),
    },
    logFile: run.log(`${kind}-${service}`),
    readyUrl: `${urls.get(service)}/ready`,
    ...(kind === 'bare' ? {} : { readyCa: infrastructure.certificates.certificate }),
    restart: false,
  }));
  return { specs, urls };
}

async function createTables(url: string, schema: string, caPath: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`create schema ${schema}`);
  } finally {
    await client.end();
  }
  await migrate(url, { url, caPath, schema }, { entities: [], migrations: [CreateFloor1790000000000] });
}

type Admin = ReturnType<ReturnType<typeof connectKafka>['admin']>;

async function withAdmin({ infrastructure }: FloorGround, work: (admin: Admin) => Promise<void>): Promise<void> {
  const admin = adminKafka(infrastructure).admin();
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Kafka as the principal that may do everything. */
export function adminKafka({ kafka: { brokers, admin } }: Infrastructure): ReturnType<typeof connectKafka> {
  if (admin === undefined) throw new RangeError('The benchmark starts its own Kafka.');
  return connectKafka({
    brokers: brokers.split(','),
    clientId: 'bench',
    tls: { caPath: admin.caPath, certPath: admin.certificatePath, keyPath: admin.keyPath },
    log: () => undefined,
  });
}
