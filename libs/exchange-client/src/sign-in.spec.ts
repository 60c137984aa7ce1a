// A provider that answers as it is told, and a browser that comes back with what a row says.
import { createHash } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { UnsecuredJWT } from 'jose';
import { request } from 'undici';

import { type SignInOptions, signIn } from './sign-in.js';

let provider: Server;
let issuer: string;
/** What the token endpoint was asked. */
let asked: URLSearchParams | undefined;
let nonce: string;

beforeAll(async () => {
  provider = createServer((incoming, response) => {
    const reply = (body: object) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (incoming.url === '/.well-known/openid-configuration') {
      const [authorization_endpoint, token_endpoint] = [`${issuer}/auth`, `${issuer}/token`];
      return reply({ issuer, authorization_endpoint, token_endpoint, revocation_endpoint: `${issuer}/revocation` });
    }
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      asked = new URLSearchParams(Buffer.concat(parts).toString());
      const id_token = new UnsecuredJWT({ nonce }).setIssuer(issuer).setAudience('hie-cli').setSubject('ada').encode();
      reply({ access_token: 'opens-nothing', token_type: 'DPoP', expires_in: 300, refresh_token: 'once', id_token });
    });
    return undefined;
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => provider.close(resolve)));
beforeEach(() => {
  asked = undefined;
});

/** Signs in with a browser that comes back with these parameters. @returns the session, or the failure's code; and the address opened */
async function comeBack(with_: (address: URL) => Readonly<Record<string, string>>, over: Partial<SignInOptions> = {}) {
  let opened: URL | undefined;
  const statuses: number[] = [];
  const onAddress = (url: string) => {
    opened = new URL(url);
    nonce = opened.searchParams.get('nonce') ?? '';
    const back = new URL(opened.searchParams.get('redirect_uri') ?? '');
    back.search = new URLSearchParams(with_(opened)).toString();
    void request(back).then(({ statusCode }) => statuses.push(statusCode));
  };
  const options = { issuer, ca: '', clientId: 'hie-cli', scope: 'openid exchange/identity.review', onAddress, ...over };
  const outcome = await signIn(options).catch((error: { readonly code: string }) => error.code);
  return { outcome, address: opened as URL, statuses };
}

const state = (address: URL) => ({ state: address.searchParams.get('state') ?? '' });

it('exchanges the code with the verifier of its challenge, and keeps what the next refresh needs', async () => {
  const { outcome, address } = await comeBack((at) => ({ ...state(at), code: 'c-1', iss: issuer }));
  expect(outcome).toMatchObject({
    ...{ issuer, clientId: 'hie-cli', personId: 'ada', refreshToken: 'once', tokenUrl: `${issuer}/token` },
    proofKey: { kty: 'EC', crv: 'P-256', d: expect.any(String) as string },
  });
  const form = Object.fromEntries(asked ?? []);
  expect(form).toMatchObject({ grant_type: 'authorization_code', code: 'c-1', client_id: 'hie-cli' });
  expect(form['redirect_uri']).toBe(address.searchParams.get('redirect_uri'));
  const challenge = createHash('sha256')
    .update(form['code_verifier'] ?? '')
    .digest('base64url');
  expect(address.searchParams.get('code_challenge')).toBe(challenge);
  expect(JSON.stringify(outcome)).not.toContain('opens-nothing');
});

it.each<[string, (address: URL) => Readonly<Record<string, string>>, string]>([
  ['the person has cancelled', (at) => ({ ...state(at), error: 'access_denied', iss: issuer }), 'cancelled'],
  ['the provider refuses', (at) => ({ ...state(at), error: 'invalid_scope', iss: issuer }), 'refused'],
  [
    'the answer is another provider’s',
    (at) => ({ ...state(at), code: 'c', iss: 'https://other.example' }),
    'another-provider',
  ],
  ['the answer does not say whose it is', (at) => ({ ...state(at), code: 'c' }), 'another-provider'],
])('asks for no token when %s', async (_name, parameters, code) => {
  expect((await comeBack(parameters)).outcome).toBe(code);
  expect(asked).toBeUndefined();
});

it('does not listen to a page that comes without the state of this sign-in', async () => {
  const { outcome, statuses } = await comeBack(() => ({ state: 'guessed', code: 'stolen', iss: issuer }), {
    withinMs: 300,
  });
  expect(outcome).toBe('timed-out');
  expect(statuses).toEqual([404]);
  expect(asked).toBeUndefined();
});

it('signs nobody in with an identity token that was made for another sign-in', async () => {
  const { outcome } = await comeBack((at) => {
    nonce = 'of another';
    return { ...state(at), code: 'c', iss: issuer };
  });
  expect(outcome).toBe('another-provider');
});
