import { decodeJwt, decodeProtectedHeader } from 'jose';

import {
  type TestClient,
  type TestSimulator,
  testClient,
  testSimulator,
  tokenRequest,
} from '../spec-support/test-member.js';

describe('a member’s token endpoint', () => {
  let client: TestClient;
  let simulator: TestSimulator;
  let tokenUrl: string;

  beforeAll(async () => {
    client = await testClient('broker');
    const hospital = (n: number): object =>
      n === 2
        ? {
            trustedClients: [
              { clientId: 'broker', jwks: { keys: [client.publicJwk] }, scopes: ['system/AllergyIntolerance.rs'] },
            ],
          }
        : {};
    simulator = await testSimulator(client, { hospitals: 2, hospital });
    tokenUrl = simulator.hospital('h1').tokenUrl;
  });
  afterAll(() => simulator.stop());

  const ask = async (
    assertion: string,
    scope?: string,
    more?: Readonly<Record<string, string>>,
  ): ReturnType<TestSimulator['fetch']> => simulator.fetch(tokenUrl, tokenRequest(assertion, scope, more));

  it('issues a token of five minutes for itself, not to be stored', async () => {
    const answer = await ask(await client.assertion(tokenUrl));
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    const { access_token: token, ...rest } = answer.json();
    expect(rest).toEqual({ token_type: 'bearer', expires_in: 300, scope: 'system/*.rs' });
    expect(decodeProtectedHeader(String(token))).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    const { exp = 0, iat = 0, aud } = decodeJwt(String(token));
    expect(exp - iat).toBe(300);
    expect(aud).toBe(simulator.hospital('h1').fhirUrl);
  });

  it.each(['ES256', 'ES384', 'EdDSA'] as const)('takes assertions signed with %s', async (algorithm) => {
    const other = await testClient('other', algorithm);
    const own = await testSimulator(other, { hospitals: 1, config: { population: { seed: 1, people: 5 } } });
    try {
      expect(await own.token('h1')).toEqual(expect.any(String));
    } finally {
      await own.stop();
    }
  });

  it('takes an assertion once', async () => {
    const assertion = await client.assertion(tokenUrl);
    expect((await ask(assertion)).status).toBe(200);
    expect(await ask(assertion).then(({ status, text }) => [status, text])).toEqual([
      401,
      '{"error":"invalid_client"}',
    ]);
  });

  const now = (): number => Math.floor(Date.now() / 1000);
  it.each<[string, () => Promise<string>]>([
    ['is for another server', () => client.assertion('https://localhost/auth/token')],
    ['has expired ten seconds ago', () => client.assertion(tokenUrl, { exp: now() - 10 })],
    ['lives longer than five minutes', () => client.assertion(tokenUrl, { exp: now() + 600 })],
    ['never expires', () => client.assertion(tokenUrl, { exp: undefined })],
    ['has no id', () => client.assertion(tokenUrl, { jti: undefined })],
    ['speaks of somebody else', () => client.assertion(tokenUrl, { sub: 'someone' })],
    ['is of a client nobody knows', () => client.assertion(tokenUrl, { iss: '__proto__', sub: '__proto__' })],
    ['is signed with another key', async () => (await testClient('broker')).assertion(tokenUrl)],
    ['names a key that is not registered', () => client.assertion(tokenUrl, {}, { kid: 'other' })],
    [
      'is unsigned',
      () =>
        Promise.resolve(
          `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ iss: 'broker', sub: 'broker', aud: tokenUrl, exp: now() + 60, jti: 'x' })).toString('base64url')}.`,
        ),
    ],
    ['is no JWT', () => Promise.resolve('x')],
  ])('refuses an assertion that %s, and does not say why', async (_name, assertion) => {
    const answer = await ask(await assertion());
    expect([answer.status, answer.text]).toEqual([401, '{"error":"invalid_client"}']);
  });

  it.each([
    ['unsupported_grant_type', { grant_type: 'password' }],
    ['invalid_request', { client_assertion_type: 'x' }],
    ['invalid_scope', { scope: 'system/Patient.cud' }],
    ['invalid_scope', { scope: 'user/*.rs' }],
    ['invalid_scope', { scope: '' }],
  ])('answers %s to %p', async (error, more) => {
    const answer = await ask(await client.assertion(tokenUrl), undefined, more);
    expect([answer.status, answer.json()]).toEqual([400, { error }]);
  });

  it('grants what the client is registered for, of what it asks', async () => {
    const { tokenUrl: other } = simulator.hospital('h2');
    const answer = await simulator.fetch(
      other,
      tokenRequest(await client.assertion(other), 'system/AllergyIntolerance.rs system/Condition.rs'),
    );
    expect(answer.json()).toMatchObject({ scope: 'system/AllergyIntolerance.rs' });
  });
});
