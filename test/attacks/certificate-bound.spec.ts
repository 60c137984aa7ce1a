// ATTACKS.md A21–A23, D10 for tokens that are bound to a client certificate (RFC 8705) instead of a key: worth nothing on any connection
// but one that was opened with that very certificate.
import { TestAuthority, type TestCertificate } from '@hie/testing-kit';
import { decodeJwt } from 'jose';
import { Agent, request } from 'undici';

import { AssertingClient } from '../support/assertions.js';
import { eventually, treatment } from '../support/doors.js';
import { Forger } from '../support/forger.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type NewMember, bringIn, newClientKey } from '../support/new-member.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const HOUR_MS = 3_600_000;

describe('a token that is bound to a certificate', () => {
  let exchange: SharedExchange;
  let forger: Forger;
  let member: NewMember;
  let client: AssertingClient;
  let own: TestCertificate;
  let others: TestCertificate;
  let url: string;
  const agents = new Map<string, Agent>();
  const key = newClientKey('emr-1');
  beforeAll(async () => {
    exchange = sharedExchange();
    forger = await Forger.at(exchange);
    url = `${exchange.description.gateway.fhirUrl}/AllergyIntolerance?patient=1`;
    [own, others] = await Promise.all([TestAuthority.root('emr'), TestAuthority.root('emr')]);
    member = await bringIn(exchange, key, { boundBy: 'certificate' });
    client = await AssertingClient.with(exchange, member, key.privateJwk);
  });
  afterAll(async () => {
    await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    await client.close();
    await forger.close();
    await exchange.close();
  });

  /** Connections that are opened with this certificate. */
  const opening = (pair: TestCertificate): Agent => {
    const agent = agents.get(pair.cert) ?? new Agent({ connect: { ca: exchange.ca, cert: pair.cert, key: pair.key } });
    agents.set(pair.cert, agent);
    return agent;
  };
  const issued = async (): Promise<string> => {
    const answer = await eventually(async () => {
      const tried = await client.ask({ proof: undefined, dispatcher: opening(own) });
      return tried.status === 200 ? tried : undefined;
    });
    return (JSON.parse(answer.text) as { access_token: string }).access_token;
  };
  const present = async (headers: Record<string, string>, dispatcher: Agent): Promise<number> => {
    const { statusCode, body } = await request(url, { dispatcher, headers });
    await body.dump();
    return statusCode;
  };

  it('opens a door on its own connection, and says what it is bound to', async () => {
    const token = await issued();
    expect(decodeJwt(token)).toMatchObject({ cnf: { 'x5t#S256': expect.any(String) as string } });
    expect(decodeJwt(token)['cnf']).not.toHaveProperty('jkt');
    await eventually(async () =>
      (await present({ authorization: `Bearer ${token}` }, opening(own))) === 404 ? true : undefined,
    );
    const emr = exchange.memberClient(member.clientId, key.privateJwk, member.organizationId, own);
    expect((await emr.call('GET', url, treatment)).status).toBe(404);
  });

  it.each<[string, (token: string) => [Record<string, string>, Agent], string]>([
    [
      'A23: on a connection with another certificate',
      (token) => [bearer(token), opening(others)],
      'certificate-mismatch',
    ],
    ['A23: on a connection without one', (token) => [bearer(token), forger.agent], 'certificate-missing'],
    [
      'A22: with a proof of a key instead',
      (token) => [forger.presenting(token, 'GET', url), opening(own)],
      'token-type',
    ],
  ])('%s is refused', async (_name, make, reason) => {
    const token = await issued();
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    expect(await present(...make(token))).toBe(401);
    expect(await watch.one()).toMatchObject({ outcome: 'refused', reason });
  });

  it('A23: that is bound to a key as well is refused, though its issuer had signed it', async () => {
    const { cnf } = decodeJwt(await issued()) as { cnf: object };
    const token = forger.issued({ cnf: { ...cnf, jkt: 'x'.repeat(43) } });
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    expect(await present(bearer(token), opening(own))).toBe(401);
    expect(await watch.one()).toMatchObject({ reason: 'token-type' });
  });

  it('A21: is not given out on a connection without a certificate, with an expired one, or with a proof beside it', async () => {
    await issued();
    const until = new Date(Date.now() - HOUR_MS);
    const expired = await TestAuthority.root('emr', { from: new Date(until.getTime() - HOUR_MS), until });
    const refused = async (asked: Parameters<AssertingClient['ask']>[0], code: string) => {
      const watch = await LedgerWatch.on(exchange, 'token.refused');
      const answer = await client.ask(asked);
      expect([answer.status, answer.code]).toEqual([400, code]);
      expect(await watch.one()).toMatchObject({ outcome: 'refused', reason: code });
    };
    await refused({ proof: undefined }, 'invalid_grant');
    await refused({ proof: undefined, dispatcher: opening(expired) }, 'invalid_grant');
    await refused({ dispatcher: opening(own) }, 'invalid_request');
  });

  it('is announced by the provider and by the door', async () => {
    const { issuer } = exchange.description.identityProvider;
    const said = { tls_client_certificate_bound_access_tokens: true };
    for (const place of [
      `${issuer}/.well-known/openid-configuration`,
      `${exchange.description.gateway.fhirUrl}/.well-known/smart-configuration`,
    ]) {
      expect(JSON.parse((await forger.ask(place, {})).text)).toMatchObject(said);
    }
  });
});

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
