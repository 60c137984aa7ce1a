// What a service stands on is away: it says so to whoever sends it work, and does not have itself restarted, which would bring nothing back.
import { Agent, request } from 'undici';

import { eventually } from '../support/doors.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

/** Kafka is missed after a session of six seconds. */
const NOTICED_WITHIN_MS = 30_000;
const BACK_WITHIN_MS = 60_000;
/** Reads no topic, and keeps what it has to say in its outbox: it needs no Kafka to be sent work. */
const WITHOUT_KAFKA = ['participants'];

interface Health {
  readonly status: number;
  /** What it says is missing. */
  readonly down: readonly string[];
}

describe('a service whose', () => {
  let exchange: SharedExchange;
  let agent: Agent;
  let services: readonly string[];
  beforeAll(async () => {
    exchange = sharedExchange();
    agent = new Agent({ connect: { ca: exchange.ca } });
    services = Object.keys(exchange.urls).filter((name) => name !== 'hospital-simulator');
    expect(services).toHaveLength(8);
    await untilAll('ready', { status: 200, down: [] }, BACK_WITHIN_MS);
  }, 90_000);
  afterAll(async () => {
    await agent.close();
    await exchange.close();
  });

  async function health(service: string, of: 'live' | 'ready'): Promise<Health> {
    const { statusCode, body } = await request(`${exchange.urls[service] ?? ''}/health/${of}`, { dispatcher: agent });
    const { down = [] } = (await body.json()) as { readonly down?: readonly string[] };
    return { status: statusCode, down };
  }

  async function untilAll(
    of: 'live' | 'ready',
    expected: Health,
    withinMs: number,
    asked: readonly string[] = services,
  ): Promise<void> {
    let found: readonly (Health & { readonly service: string })[] = [];
    const isExpected = ({ status, down }: Health) =>
      status === expected.status && expected.down.every((name) => down.includes(name));
    await eventually(async () => {
      found = await Promise.all(asked.map(async (service) => ({ service, ...(await health(service, of)) })));
      return found.every(isExpected) ? true : undefined;
    }, withinMs).catch(() => {
      expect(found.filter((each) => !isExpected(each))).toEqual([]);
    });
  }

  const control = async (verb: 'down' | 'up', name: string): Promise<void> => {
    const { statusCode, body } = await request(`${exchange.controlUrl}/${verb}/${name}`, { method: 'POST' });
    await body.dump();
    expect(statusCode).toBe(204);
  };

  it.each([
    ['postgres', 'database', []],
    ['kafka', 'log: silent', WITHOUT_KAFKA],
  ] as const)(
    '%s is away is not ready, lives on, and is ready again when it is back',
    async (server, missing, unaffected) => {
      await control('down', server);
      try {
        const affected = services.filter((service) => !unaffected.some((each) => each === service));
        await untilAll('ready', { status: 503, down: [missing] }, NOTICED_WITHIN_MS, affected);
        await untilAll('ready', { status: 200, down: [] }, 0, unaffected);
        await untilAll('live', { status: 200, down: [] }, 0);
      } finally {
        await control('up', server);
      }
      await untilAll('ready', { status: 200, down: [] }, BACK_WITHIN_MS);
    },
    180_000,
  );
});
