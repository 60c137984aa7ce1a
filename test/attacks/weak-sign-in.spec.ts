// ATTACKS.md G1, at every route of the running gateway: a token by the identity provider's own key, of a person who has every role and
// scope there is, and did not sign in with two factors of which one is held.
import { PERSON_ACR, exchangeScopes, roles } from '@hie/purpose-of-use';
import { request } from 'undici';

import { Forger } from '../support/forger.js';
import { type OpenApi, type PublishedRoute, routesIn } from '../support/open-api.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const weak: readonly [string, object][] = [
  ['a password alone', { acr: 'urn:hie:aal1', amr: ['pwd'] }],
  ['a password that calls itself two factors', { acr: PERSON_ACR, amr: ['pwd', 'mfa'] }],
  ['a held key, and nobody behind it', { acr: PERSON_ACR, amr: ['pop', 'hwk'] }],
];

const json = { 'content-type': 'application/json' };
/** What anybody may read: what the exchange is and whether it lives. */
const isPublic = /^\/(openapi\.json$|health|\.well-known|cds-services$|fhir\/metadata|fhir\/\.well-known)/;

/** Nobody in person, however signed in: hospitals' own systems ask and feed here. */
const forSystems = new Set(['POST /cds-services/{id}', 'POST /fhir', 'PUT /fhir/Patient', 'DELETE /fhir/Patient']);

describe('a person who signed in with', () => {
  let exchange: SharedExchange;
  let forger: Forger;
  let routes: readonly PublishedRoute[];
  beforeAll(async () => {
    exchange = sharedExchange();
    forger = await Forger.at(exchange);
    const { body } = await request(`${exchange.description.gateway.url}/openapi.json`, { dispatcher: forger.agent });
    routes = routesIn((await body.json()) as OpenApi).filter(({ path }) => !isPublic.test(path));
  });
  afterAll(async () => {
    await forger.close();
    await exchange.close();
  });

  it.each(weak)(
    '%s is let in nowhere',
    async (_how, signIn) => {
      expect(routes.length).toBeGreaterThan(50);
      const answers: string[] = [];
      for (const { method, path } of routes) {
        const token = forger.issued({
          ...{ sub: 'mercy-general:someone', auth_time: Math.floor(Date.now() / 1000), roles: [...roles] },
          ...{ scope: exchangeScopes.join(' '), client_key: undefined, ...signIn },
        });
        const url = `${exchange.description.gateway.url}${path.replaceAll(/\{\w+\}/g, '1')}`;
        const { status, code } = await forger.ask(
          url,
          { ...forger.presenting(token, method, url), ...json },
          method,
          '{}',
        );
        answers.push(`${method} ${path}: ${status} ${code}`);
      }
      const refused = routes
        .map(({ method, path }) => `${method} ${path}`)
        .map(
          (route) => `${route}: ${forSystems.has(route) ? '403 insufficient-scope' : '401 stronger-sign-in-required'}`,
        );
      expect(answers).toEqual(refused);
    },
    120_000,
  );
});
