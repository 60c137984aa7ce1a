// ATTACKS.md B14, A13 at the services behind the gateway: whoever reaches one directly, with a certificate of the exchange and even with the
// gateway's own, gets nothing but what the gateway asked for; the owner tells the ledger, once.
import { type JsonWebKey, createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { stolenKeysIn } from '@hie/local-exchange';
import { digestOf, mintTransactionToken } from '@hie/purpose-of-use';
import { TXN_TOKEN_HEADER, requestDigest } from '@hie/service-kit';
import { Agent, request } from 'undici';

import { LedgerWatch } from '../support/ledger-watch.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const owners = ['participants', 'consent', 'patient-index', 'audit-ledger'] as const;
const doors: Readonly<Record<(typeof owners)[number], readonly ['GET' | 'POST' | 'PUT', string]>> = {
  participants: ['GET', '/members'],
  consent: ['POST', '/fhir/Consent'],
  'patient-index': ['PUT', '/fhir/Patient'],
  'audit-ledger': ['GET', '/ledger/entries'],
};

describe.each(owners)('%s, asked directly', (owner) => {
  let exchange: SharedExchange;
  const agents: Agent[] = [];
  beforeAll(() => {
    exchange = sharedExchange();
  });
  afterAll(async () => {
    await Promise.all(agents.map((agent) => agent.close()));
    await exchange.close();
  });

  const [method, path] = doors[owner];

  async function ask(as: string | undefined, token?: string): Promise<readonly [number, string]> {
    const folder = dirname(exchange.description.caCertificate);
    const own = (kind: string) => readFileSync(join(folder, `${as}.${kind}.pem`), 'utf8');
    const identity = as === undefined ? {} : { cert: own('crt'), key: own('key') };
    const agent = new Agent({ connect: { ca: exchange.ca, ...identity } });
    agents.push(agent);
    const answer = await request(`${exchange.urls[owner]}${path}`, {
      method,
      dispatcher: agent,
      headers: {
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { [TXN_TOKEN_HEADER]: token }),
      },
      ...(method === 'GET' ? {} : { body: '{}' }),
    });
    return [answer.statusCode, ((await answer.body.json()) as { code: string }).code];
  }

  /** Nobody's word for it: where the connection comes from. */
  const fromHere = { requester: { address: expect.stringMatching(/^(127\.0\.0\.1|::1)$/) as string } };

  /** What {@link ask} is answered, after it was seen that the ledger has the code as the reason of one entry by this owner. */
  async function refusal(as: string | undefined, token?: string, about: object = fromHere) {
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    const [status, code] = await ask(as, token);
    const details = { outcome: code, ...(as === undefined ? {} : { peer: as }) };
    expect(await watch.one()).toMatchObject({ service: owner, outcome: 'refused', reason: code, details, ...about });
    return [status, code];
  }

  /** By the gateway's stolen key, for whatever request is said. */
  function minted(digest: string, purp: 'HSYSADMIN' | 'TREAT' = 'HSYSADMIN'): string {
    const { token } = stolenKeysIn(join(exchange.run, 'trust'), 'gateway') as { token: { kid: string } & JsonWebKey };
    const nowS = Math.floor(Date.now() / 1000);
    const claims = {
      iss: exchange.description.gateway.url,
      aud: 'hie.example',
      iat: nowS,
      nbf: nowS,
      exp: nowS + 30,
      jti: randomUUID(),
      txn: randomUUID(),
      sub: 'exchange-operator',
      req_wl: ['gateway'],
      scope: 'exchange/participants.manage exchange/ledger.read hie.feed hie.consent',
      tctx: { purp, qh: digest, org: 'exchange-operator', res: [], deadline: Date.now() + 5_000 },
      rctx: {},
    };
    return mintTransactionToken(claims, token.kid, createPrivateKey({ key: token, format: 'jwk' }));
  }
  const thisRequest = (): string => requestDigest(method, path, method === 'GET' ? '' : '{}');

  it('B14: wants a certificate', async () => {
    expect(await refusal(undefined, minted(thisRequest()))).toEqual([401, 'producer-not-allowed']);
  });

  it.each(['document-query', 'identity-provider', 'hospitals', 'admin'])('B14: takes none of %s', async (other) => {
    expect(await refusal(other, minted(thisRequest()))).toEqual([401, 'producer-not-allowed']);
  });

  it('A13: wants a transaction token beside the gateway’s certificate', async () => {
    expect(await refusal('gateway')).toEqual([401, 'header-missing']);
    expect(await refusal('gateway', 'x.y.z')).toEqual([401, 'token-malformed']);
  });

  it('E4: takes none for another method, path or body', async () => {
    for (const digest of [requestDigest('DELETE', path, ''), requestDigest(method, `${path}/x`, ''), digestOf('{}')]) {
      expect(await refusal('gateway', minted(digest))).toEqual([401, 'token-other-message']);
    }
  });

  it('B1: serves no purpose that its handler does not name', async () => {
    const purpose = owner === 'consent' || owner === 'patient-index' ? 'HSYSADMIN' : 'TREAT';
    const asker = { purpose, requester: { memberId: 'exchange-operator', clientId: 'exchange-operator' } };
    expect(await refusal('gateway', minted(thisRequest(), purpose), asker)).toEqual([403, 'purpose-not-served']);
  });
});
