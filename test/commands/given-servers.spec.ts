// KAFKA_BROKERS and DATABASE_URL name servers that others run, under an authority of theirs: the whole exchange stands on them, takes
// nothing of anybody else's, and leaves them as it found them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  type ExchangeDescription,
  type Infrastructure,
  type RunFolder,
  openRun,
  readExchangeFile,
  startInfrastructure,
} from '@hie/local-exchange';
import { connectKafka } from '@hie/messaging';
import pg from 'pg';

import { eventually } from '../support/doors.js';
import { outsideClients } from '../support/outside-clients.js';
import { TypedCommand } from '../support/typed-command.js';

describe('on servers that others run', () => {
  let folder: string;
  let elsewhere: RunFolder;
  let servers: Infrastructure;
  let found: Readonly<Record<'topics' | 'databases' | 'roles', readonly string[]>>;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hie-given-'));
    elsewhere = openRun('elsewhere', folder);
    servers = await startInfrastructure({ run: elsewhere, env: {} });
    // What a role of ours is called on a server of our own, and here is somebody else's.
    await servers.postgres.createRole('gateway', 'somebody else’s');
    found = await whatIsThere();
  }, 180_000);
  afterAll(async () => {
    await type('down').finished;
    await servers.stop();
    elsewhere.release();
    rmSync(folder, { recursive: true });
  }, 120_000);

  const type = (command: 'demo' | 'up' | 'down', ...words: string[]) => {
    const { HIE_CERTIFICATES: _theirs, ...environment } = servers.environment;
    return TypedCommand.type([command, '--', ...words], { ...environment, HIE_RUN: join(folder, 'run') });
  };

  async function whatIsThere(): Promise<typeof found> {
    const { brokers, admin: principal } = servers.kafka;
    if (principal === undefined) throw new RangeError('A Kafka of our own has an administrator.');
    const tls = { caPath: principal.caPath, certPath: principal.certificatePath, keyPath: principal.keyPath };
    const kafka = connectKafka({ brokers: [brokers], clientId: 'onlooker', tls, log: () => undefined });
    const admin = kafka.admin();
    const client = new pg.Client({ connectionString: servers.postgres.url });
    await Promise.all([admin.connect(), client.connect()]);
    try {
      const named = async (sql: string) => (await client.query<{ name: string }>(sql)).rows.map(({ name }) => name);
      return {
        topics: (await admin.listTopics()).filter((topic) => !topic.startsWith('__')).sort(),
        databases: await named('select datname as name from pg_database order by 1'),
        roles: await named('select rolname as name from pg_roles order by 1'),
      };
    } finally {
      await Promise.all([admin.disconnect(), client.end()]);
    }
  }

  it('a start that is broken off leaves nothing on them', async () => {
    const demo = type('demo', '--once');
    await eventually(async () => ((await whatIsThere()).topics.length > 0 ? true : undefined), 120_000);
    demo.signal('SIGINT');
    const { code } = await demo.finished;
    expect(code).not.toBe(0);
    expect(await whatIsThere()).toEqual(found);
  }, 240_000);

  it('a whole exchange answers; a second one beside it is refused in a sentence; and its end leaves nothing', async () => {
    const up = await type('up').finished;
    expect({ code: up.code, err: up.code === 0 ? '' : up.err }).toEqual({ code: 0, err: '' });
    const description = readExchangeFile(join(folder, 'run')) as ExchangeDescription;
    expect(description.kafka.brokers).toBe(servers.kafka.brokers);

    const [client] = outsideClients;
    const asked = await client?.run(join(folder, 'run', 'exchange.json'), description.caCertificate);
    expect({ code: asked?.code, err: asked?.err }).toEqual({ code: 0, err: '' });
    expect(asked?.out).toMatch(/penicillin/i);
    const now = await whatIsThere();
    expect(now.topics).toContain('exchange.query.requested.v1');
    const added = now.roles.filter((role) => !found.roles.includes(role));
    expect(added.filter((role) => !/^hie_[0-9a-f]{8}_/.test(role))).toEqual([]);
    expect(added.length).toBeGreaterThan(8);

    const second = await type('demo', '--once').finished;
    expect(second.code).toBe(1);
    expect(second.err).toMatch(/carries an exchange already; end that one.*\(variable KAFKA_BROKERS, topic /);
    // It has taken nothing of the first one's away.
    expect(await whatIsThere()).toEqual(now);

    expect((await type('down').finished).out).toContain('It is down.');
    expect(await whatIsThere()).toEqual(found);
  }, 300_000);
});
