// The command line's client at identity-provider is public and known to everybody: what somebody gets who uses it otherwise than the program does.
import { OPERATOR } from '@hie/contracts';
import { personScopes } from '@hie/purpose-of-use';
import { decodeJwt } from 'jose';

import { invite } from '../support/invite.js';
import { PasskeyHolder } from '../support/passkey-holder.js';
import { PersonClient, type PersonTokens, refusalIn } from '../support/person-client.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const HERE = 'http://127.0.0.1:49152/callback';
const stewardship = { scope: 'openid exchange/identity.review' };

describe('at the command line’s client', () => {
  let exchange: SharedExchange;
  let holder: PasskeyHolder;
  let client: PersonClient;
  beforeAll(async () => {
    exchange = sharedExchange();
    const { code } = await invite(exchange, OPERATOR, 'Stella Steward', 'data-steward');
    holder = new PasskeyHolder(exchange);
    await holder.enrol(code);
    client = await PersonClient.of(exchange, HERE, 'hie-cli');
  });
  afterAll(async () => {
    await Promise.all([holder.close(), client.close()]);
    await exchange.close();
  });

  const codeFor = async (by = client) =>
    (await holder.signIn(by.authorizationUrl(stewardship))).searchParams.get('code') ?? '';
  async function signedIn(): Promise<PersonTokens> {
    const { status, body } = await client.tokens(await codeFor());
    expect(status).toBe(200);
    return body;
  }

  it('the token of a sign-in without a purpose opens no door', async () => {
    const { access_token: token } = await signedIn();
    const claims = decodeJwt(token);
    expect(claims['aud']).toBe(exchange.description.identityProvider.issuer);
    expect(Object.keys(claims)).not.toEqual(expect.arrayContaining(['scope']));
    expect(Object.keys(claims)).not.toEqual(expect.arrayContaining(['purpose_of_use']));
    for (const path of ['/identity/reviews', '/people', '/members', '/ledger/entries']) {
      const refused = await client.call('GET', path, token);
      expect([path, refused.status, refusalIn(refused)]).toEqual([path, 401, 'not-authenticated']);
    }
  });

  it('no token is refreshed without a purpose, and a console has not even the first without', async () => {
    const refused = await client.refresh(await signedIn());
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_request']);
    const console = await PersonClient.of(exchange, HERE);
    const without = await console.tokens(await codeFor(console));
    expect([without.status, without.body.error]).toEqual([400, 'invalid_request']);
    await console.close();
  });

  it('a purpose of another role is refused, and the session goes on', async () => {
    const tokens = await signedIn();
    for (const purpose of ['HSYSADMIN', 'HCOMPL', 'TREAT', 'none']) {
      const refused = await client.refresh(tokens, purpose);
      expect([purpose, refused.status, refused.body.error]).toEqual([purpose, 400, 'invalid_request']);
    }
    const own = await client.refresh(tokens, 'RECORDMGT');
    expect(own).toMatchObject({ status: 200, body: { scope: 'exchange/identity.review' } });
    expect((await client.call('GET', '/identity/reviews', own.body.access_token)).status).toBe(200);
  });

  it.each(
    personScopes.filter((scope) => !/^exchange\/(participants|people|identity|messages)\.|ledger\.erase$/.test(scope)),
  )('the scope %s is not to be had', async (scope) => {
    const { location = '' } = await holder.get(client.authorizationUrl({ scope: `openid ${scope}` }));
    expect(new URL(location).searchParams.get('error')).toBe('invalid_scope');
  });

  it.each([
    ['another host', { redirect_uri: 'https://attacker.example/callback' }],
    ['the loopback by name', { redirect_uri: 'http://localhost:49152/callback' }],
    ['another path', { redirect_uri: 'http://127.0.0.1:49152/elsewhere' }],
    ['another address of the machine', { redirect_uri: 'http://127.0.0.2:49152/callback' }],
  ])('nobody is led to %s', async (_where, parameters) => {
    const { status, location, html } = await holder.get(client.authorizationUrl(parameters));
    expect([status, location]).toEqual([400, undefined]);
    expect(html).toContain('invalid_redirect_uri');
  });

  it('no code is given without a challenge, and none is taken without what it was made from', async () => {
    const { location = '' } = await holder.get(client.authorizationUrl({ ...stewardship, code_challenge: '' }));
    expect(new URL(location).searchParams.get('error')).toBe('invalid_request');
    const thief = await PersonClient.of(exchange, HERE, 'hie-cli');
    const stolen = await thief.tokens(await codeFor());
    expect([stolen.status, stolen.body.error]).toEqual([400, 'invalid_grant']);
    await thief.close();
  });

  it('a session is not ended in another client’s name, and is in its own', async () => {
    const tokens = await signedIn();
    const console = await PersonClient.of(exchange, HERE);
    expect((await console.revoke(tokens)).status).toBe(200);
    await console.close();
    const { body: next } = await client.refresh(tokens, 'RECORDMGT');
    expect((await client.revoke(next)).status).toBe(200);
    expect((await client.refresh(next, 'RECORDMGT')).body.error).toBe('invalid_grant');
  });
});
