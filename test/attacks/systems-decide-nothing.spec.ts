// What a person decides, at every route that says so: the operator's own system with every scope and purpose there is, naming whom it likes as
// acting, is told that a person is wanted, and the ledger has it. What two people decide, it is not by giving two names.
import { type JsonWebKey, createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { OPERATOR } from '@hie/contracts';
import { TokenRefused } from '@hie/exchange-client';
import { stolenKeysIn } from '@hie/local-exchange';
import { exchangeScopes, mintTransactionToken } from '@hie/purpose-of-use';
import { TXN_TOKEN_HEADER, requestDigest } from '@hie/service-kit';
import { calculateJwkThumbprint } from 'jose';
import pg from 'pg';
import { Agent, request } from 'undici';

import { type Route, mountedHandlers } from '../boundaries/mounted-handlers.js';
import { type DoorAnswer, Forger } from '../support/forger.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { SignedInPerson } from '../support/signed-in-person.js';

describe('where a person decides, a system', () => {
  let exchange: SharedExchange;
  let forger: Forger;
  let database: pg.Client;
  let operatorKey: string;
  let routes: readonly Route[];
  beforeAll(async () => {
    exchange = sharedExchange();
    forger = await Forger.at(exchange);
    operatorKey = await calculateJwkThumbprint(exchange.description.operator.client.privateJwk as never);
    routes = (await mountedHandlers('gateway')).routes.filter(({ people }) => people?.peopleAlone === true);
    database = new pg.Client({ connectionString: exchange.description.database.url, ssl: { ca: exchange.ca } });
    await database.connect();
  });
  afterAll(async () => {
    await database.end();
    await forger.close();
    await exchange.close();
  });

  /** By identity-provider's own key, for the operator's system, as if it had been registered for everything. */
  function ask(method: string, path: string, purpose: string, user: string, body: object = {}): Promise<DoorAnswer> {
    const token = forger.issued({
      ...{ sub: OPERATOR, client_id: OPERATOR, member_id: OPERATOR, client_key: operatorKey, user },
      ...{ purpose_of_use: purpose, scope: exchangeScopes.join(' ') },
    });
    const url = `${exchange.description.gateway.url}${path}`;
    const headers = { ...forger.presenting(token, method, url), 'content-type': 'application/json' };
    return forger.ask(url, headers, method, JSON.stringify(body));
  }

  it('is let in nowhere, and each attempt is one entry', async () => {
    expect(routes.length).toBeGreaterThan(20);
    for (const { route, policy } of routes) {
      const [method = '', template = ''] = route.split(' ');
      const path = template.replaceAll(/:\w+/g, randomUUID());
      for (const purpose of policy?.purposes ?? []) {
        const watch = await LedgerWatch.on(exchange, 'request.refused');
        const { status, code } = await ask(method, path, purpose, 'ada');
        expect([route, status, code]).toEqual([route, 403, 'person-required']);
        expect(await watch.one()).toMatchObject({
          ...{ outcome: 'refused', reason: 'person-required', purpose, details: { outcome: 'person-required' } },
          requester: { memberId: OPERATOR, clientId: OPERATOR },
        });
      }
    }
  }, 180_000);

  it('passes where it is told to, under the same token', async () => {
    expect((await ask('GET', '/people', 'HSYSADMIN', 'ada')).status).toBe(200);
    expect((await ask('GET', '/ledger/retention', 'HCOMPL', 'ada')).status).toBe(200);
  });

  it('is not registered for it either: the operator’s own client gets no token for identities', async () => {
    const stewardship = { purpose: 'RECORDMGT', scope: 'exchange/identity.manage', userId: 'ada' };
    await expect(exchange.operator.token(stewardship)).rejects.toThrow(TokenRefused);
  });

  describe('that names two people', () => {
    const joined = async () => {
      const { rows } = await database.query<{ reviews: string; merges: string }>(
        `select (select count(*) from patient_index.review where status = 'proposed') as reviews,
                (select count(*) from patient_index.identity_event where kind = 'merged') as merges`,
      );
      return rows[0];
    };
    const twoPersons = async (): Promise<readonly [string, string]> => {
      const { rows } = await database.query<{ person_id: string }>(
        'select person_id from patient_index.person limit 2',
      );
      return [rows[0]?.person_id ?? '', rows[1]?.person_id ?? ''];
    };

    it('joins no two patients by them at the door', async () => {
      const [personId, survivorId] = await twoPersons();
      const before = await joined();
      for (const user of ['ada', 'bo']) {
        const merge = { personId, survivorId, reason: 'one insurance card' };
        const { code } = await ask('POST', '/identity/merges', 'RECORDMGT', user, merge);
        expect(code).toBe('person-required');
      }
      expect(await joined()).toEqual(before);
    });

    it('adds no second word to what a person has proposed', async () => {
      const [personId, survivorId] = await twoPersons();
      const ada = await SignedInPerson.ofOperator(exchange, 'Ada Steward', 'data-steward');
      const merge = { personId, survivorId, reason: 'one insurance card' };
      const proposed = await ada.call<{ reviewId: string }>('POST', '/identity/merges', 'RECORDMGT', merge);
      expect(proposed.status).toBe(202);
      const before = await joined();
      const path = `/identity/reviews/${proposed.body.reviewId}/decisions`;
      const word = { verdict: 'same', personId: survivorId, reason: 'seen the card' };
      expect((await ask('POST', path, 'RECORDMGT', 'bo', word)).code).toBe('person-required');
      expect(await joined()).toEqual(before);
      // As it was: nobody is joined, and these two may be asked about again.
      const apart = await ada.call('POST', path, 'RECORDMGT', { verdict: 'different', reason: 'two people' });
      expect(apart.status).toBe(200);
      await ada.close();
    });

    it('is believed by no owner, even with the gateway’s certificate and key', async () => {
      const [personId, survivorId] = await twoPersons();
      const before = await joined();
      const body = JSON.stringify({ personId, survivorId, reason: 'one insurance card' });
      for (const user of ['ada', 'bo']) {
        const watch = await LedgerWatch.on(exchange, 'persons.merged');
        expect(await atPatientIndex('/identity/merges', body, user)).toEqual([403, 'acting-person-missing']);
        expect(await watch.since()).toEqual([]);
      }
      expect(await joined()).toEqual(before);
    });

    /** A request that the gateway never let in, as its key and certificate would have passed it on for a system. */
    async function atPatientIndex(path: string, body: string, user: string): Promise<readonly [number, string]> {
      const { token: key } = stolenKeysIn(join(exchange.run, 'trust'), 'gateway') as {
        token: { kid: string } & JsonWebKey;
      };
      const nowS = Math.floor(Date.now() / 1000);
      const claims = {
        ...{ iss: exchange.description.gateway.url, aud: 'hie.example', iat: nowS, nbf: nowS, exp: nowS + 30 },
        ...{ jti: randomUUID(), txn: randomUUID(), sub: OPERATOR, req_wl: ['gateway'], rctx: {} },
        scope: exchangeScopes.join(' '),
        tctx: {
          ...{ purp: 'RECORDMGT' as const, qh: requestDigest('POST', path, body), org: OPERATOR, user },
          ...{ res: [], deadline: Date.now() + 5_000 },
        },
      };
      const folder = dirname(exchange.description.caCertificate);
      const own = (kind: string) => readFileSync(join(folder, `gateway.${kind}.pem`), 'utf8');
      const agent = new Agent({ connect: { ca: exchange.ca, cert: own('crt'), key: own('key') } });
      const answer = await request(`${exchange.urls['patient-index']}${path}`, {
        method: 'POST',
        dispatcher: agent,
        headers: {
          'content-type': 'application/json',
          [TXN_TOKEN_HEADER]: mintTransactionToken(claims, key.kid, createPrivateKey({ key, format: 'jwk' })),
        },
        body,
      });
      const { code } = (await answer.body.json()) as { readonly code: string };
      await agent.close();
      return [answer.statusCode, code];
    }
  });
});
