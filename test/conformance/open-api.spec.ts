// The published list of routes against the routes that are there: whoever integrates by it is told of all of them and of no other.
import { Agent, request } from 'undici';

import { mountedHandlers } from '../boundaries/mounted-handlers.js';
import { type OpenApi, type PublishedRoute, routesIn } from '../support/open-api.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

/** `GET /queries/:txn`, as Nest writes it. */
const written = ({ method, path }: PublishedRoute): string => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;

describe('the published OpenAPI', () => {
  let exchange: SharedExchange;
  let agent: Agent;
  let published: readonly string[];
  beforeAll(async () => {
    exchange = sharedExchange();
    agent = new Agent({ connect: { ca: exchange.ca } });
    const { statusCode, headers, body } = await request(`${exchange.description.gateway.url}/openapi.json`, {
      dispatcher: agent,
    });
    expect([statusCode, headers['content-type']]).toEqual([200, expect.stringContaining('application/json')]);
    published = routesIn((await body.json()) as OpenApi).map(written);
  });
  afterAll(async () => {
    await agent.close();
    await exchange.close();
  });

  it('names every route that the gateway has mounted, and no other', async () => {
    const { routes } = await mountedHandlers('gateway');
    expect(routes.length).toBeGreaterThan(50);
    expect([...published].sort()).toEqual(routes.map(({ route }) => route).sort());
  });

  it('names only what answers', async () => {
    const answers: string[] = [];
    for (const route of published) {
      const [method = '', path = ''] = route.split(' ');
      const url = `${exchange.description.gateway.url}${path.replaceAll(/:\w+/g, 'x')}`;
      const { statusCode, body } = await request(url, { dispatcher: agent, method });
      await body.dump();
      // Whoever shows no token is not told more; a route that is not there says so to everybody.
      if (![200, 401].includes(statusCode)) answers.push(`${route} ${statusCode}`);
    }
    expect(answers).toEqual([]);
  });
});
