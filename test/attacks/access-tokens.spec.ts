// ATTACKS.md A, at the gateway's doors: tokens that nobody issued, and issued ones in the wrong hands. Each is refused with the same bytes,
// and is one entry of the ledger with its reason.
import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { request } from 'undici';

import { emrOf, eventually, treatment } from '../support/doors.js';
import { type DoorAnswer, Forger, jwt } from '../support/forger.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

describe('at the gateway', () => {
  let exchange: SharedExchange;
  let forger: Forger;
  let url: string;
  beforeAll(async () => {
    exchange = sharedExchange();
    forger = await Forger.at(exchange);
    url = `${exchange.description.gateway.fhirUrl}/AllergyIntolerance?patient=1`;
  });
  afterAll(async () => {
    await forger.close();
    await exchange.close();
  });

  const nowS = (): number => Math.floor(Date.now() / 1000);
  const present = (token: string): Promise<DoorAnswer> => forger.ask(url, forger.presenting(token, 'GET', url));
  const door = (): string => url.split('?', 1)[0] as string;
  const forged = (header: object | string = {}, payload: object | string = forger.claims()): string =>
    jwt({ header: typeof header === 'string' ? header : forger.header(header), payload }, forger.own.privateKey);
  const edited = (change: (parts: string[]) => string[]): string => change(forger.issued().split('.')).join('.');

  it('a token like those that are forged here is let in when nothing is wrong with it', async () => {
    const answer = await present(forger.issued());
    expect([answer.status, answer.code]).toEqual([404, 'patient-not-disclosed']);
  });

  const nested = (depth: number): string => `{"deep":${'['.repeat(depth)}${']'.repeat(depth)}}`;

  it.each<[string, () => string, string]>([
    ['A1: alg none', () => `${forged({ alg: 'none' }).split('.').slice(0, 2).join('.')}.`, 'token-type'],
    ['A1: alg none in other letters', () => forged({ alg: 'nOnE' }), 'token-type'],
    ['A2: HS256 under the public key as its secret', () => hs256(forger), 'token-type'],
    ['A3: a key in its own header', () => forged({ jwk: forger.proofJwk }), 'token-signature-invalid'],
    [
      'A3: a key in its own header, and no kid',
      () => forged({ jwk: forger.proofJwk, kid: undefined }),
      'token-key-unknown',
    ],
    ['A5: a kid that is a path', () => forged({ kid: '../../../../dev/null' }), 'token-key-unknown'],
    ['A6: a kid that is SQL', () => forged({ kid: "' or 1=1 --" }), 'token-key-unknown'],
    ['A8: kid __proto__', () => forged({ kid: '__proto__' }), 'token-key-unknown'],
    ['A8: kid constructor', () => forged({ kid: 'constructor' }), 'token-key-unknown'],
    ['A9: expired', () => forger.issued({ iat: nowS() - 200, exp: nowS() - 10 }), 'token-expired'],
    ['A10: not valid yet', () => forger.issued({ nbf: nowS() + 60 }), 'token-not-yet-valid'],
    ['A11: issued in the future', () => forger.issued({ iat: nowS() + 60, exp: nowS() + 120 }), 'token-not-yet-valid'],
    ['A12: valid for a day', () => forger.issued({ exp: nowS() + 86_400 }), 'token-lifetime-too-long'],
    ['A12: valid for ever', () => forger.issued({ exp: undefined }), 'token-malformed'],
    ['A13: of another audience', () => forger.issued({ aud: 'https://elsewhere.example/fhir' }), 'token-audience'],
    ['A13: of another issuer', () => forger.issued({ iss: 'https://elsewhere.example' }), 'token-issuer'],
    ['A13: an id token', () => forger.issued({}, { typ: 'JWT' }), 'token-type'],
    ['A13: a transaction token', () => forger.issued({}, { typ: 'txntoken+jwt' }), 'token-type'],
    ['A13: a proof', () => forger.issued({}, { typ: 'dpop+jwt' }), 'token-type'],
    [
      'A14: another payload',
      () => edited(([h, , s]) => [h, encoded(forger.claims({ scope: 'system/*.cu' })), s] as string[]),
      'token-signature-invalid',
    ],
    [
      'A14: a signature of zeros',
      () => edited(([h, p]) => [h, p, Buffer.alloc(64).toString('base64url')] as string[]),
      'token-signature-invalid',
    ],
    [
      'A14: half a signature',
      () => edited(([h, p, s]) => [h, p, s?.slice(0, 43)] as string[]),
      'token-signature-invalid',
    ],
    ['A14: no signature', () => edited(([h, p]) => [h, p, ''] as string[]), 'token-signature-invalid'],
    [
      'A15: members of the header twice',
      () => forged(`{"alg":"none","typ":"at+jwt","kid":"${forger.issuerKid}","alg":"ES256"}`),
      'token-signature-invalid',
    ],
    [
      'A15: crit twice, by the issuer’s key',
      () =>
        jwt(
          {
            header: `{"alg":"ES256","typ":"at+jwt","kid":"${forger.issuerKid}","crit":["b64"],"crit":[]}`,
            payload: forger.claims(),
          },
          forger.issuerKey,
        ),
      'token-malformed',
    ],
    [
      'A16: a crit that nobody knows, by the issuer’s key',
      () => forger.issued({}, { crit: ['exp-policy'] }),
      'token-malformed',
    ],
    ['A17: larger than any token', () => forger.issued({ padding: 'x'.repeat(9_000) }), 'header-missing'],
    ['A17: claims nested three thousand deep', () => forged({}, nested(3_000)), 'token-issuer'],
    [
      'A23: bound to a certificate, and presented with a proof',
      () => forger.issued({ cnf: { 'x5t#S256': 'x'.repeat(43) } }),
      'token-type',
    ],
    ['A23: bound to nothing', () => forger.issued({ cnf: undefined }), 'token-type'],
    ['B2: a purpose that is none', () => forger.issued({ purpose_of_use: 'treat' }), 'purpose-unknown'],
    [
      'B6: a client of one member in the name of another',
      () => forger.issued({ member_id: 'harborview' }),
      'member-suspended',
    ],
    [
      'G6: a member’s client that calls itself the operator',
      () =>
        forger.issued({
          member_id: 'exchange-operator',
          client_id: 'mercy-general-emr',
          purpose_of_use: 'TREAT',
          scope: '',
        }),
      'scope-missing',
    ],
  ])('%s is refused', async (_name, make, reason) => {
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    const answer = await present(make());
    const [status, code] =
      reason === 'purpose-unknown'
        ? [403, 'purpose-unknown']
        : reason === 'member-suspended'
          ? [403, 'member-suspended']
          : reason === 'scope-missing'
            ? [403, 'insufficient-scope']
            : [401, 'not-authenticated'];
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(await watch.one()).toMatchObject({ outcome: 'refused', reason });
  });

  it.each(['jku', 'x5u'])('A4: keys at an address in %s are not fetched', async (member) => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.end(JSON.stringify({ keys: [{ ...forger.proofJwk, kid: 'mine' }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    const answer = await present(forged({ [member]: `http://127.0.0.1:${port}/jwks`, kid: 'mine' }));
    expect([answer.status, answer.code]).toEqual([401, 'not-authenticated']);
    expect(await watch.one()).toMatchObject({ reason: 'token-key-unknown' });
    expect(asked).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });

  it('A7: a flood of unknown kids is refused, and fetches the issuer’s keys once in its cooldown', async () => {
    const fetches = async (): Promise<number> => {
      const { body } = await request(`${exchange.collectorUrl}/spans`);
      const spans = (await body.json()) as { name: string; service: string }[];
      return spans.filter(({ name, service }) => service === 'identity-provider' && name === 'GET /jwks').length;
    };
    const before = await fetches();
    const began = Date.now();
    const answers = await Promise.all(Array.from({ length: 200 }, () => present(forged({ kid: randomUUID() }))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    const cooldowns = Math.ceil((Date.now() - began) / 10_000) + 1;
    // Spans are sent twice a second.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const fetched = (await fetches()) - before;
    expect(fetched).toBeLessThanOrEqual(cooldowns);
  });

  it('A17: a header of a megabyte is not read', async () => {
    await expect(
      forger.ask(url, { authorization: `DPoP ${'x'.repeat(1024 * 1024)}` }).then(
        ({ status }) => status,
        () => 431,
      ),
    ).resolves.toBe(431);
  });

  const proofs: readonly [string, (token: string) => Record<string, string>, string][] = [
    ['A21: no proof', (token) => ({ authorization: `DPoP ${token}` }), 'header-missing'],
    [
      'A21: a proof for another method',
      (token) => ({ authorization: `DPoP ${token}`, dpop: forger.proof('POST', door(), token) }),
      'token-other-message',
    ],
    [
      'A21: a proof for another URL',
      (token) => ({ authorization: `DPoP ${token}`, dpop: forger.proof('GET', `${door()}/1`, token) }),
      'token-other-message',
    ],
    [
      'A21: a proof for another token',
      (token) => ({ authorization: `DPoP ${token}`, dpop: forger.proof('GET', door(), `${token}x`) }),
      'token-other-message',
    ],
    [
      'A21: a proof for no token',
      (token) => ({ authorization: `DPoP ${token}`, dpop: forger.proof('GET', door(), undefined) }),
      'token-other-message',
    ],
    [
      'A21: a proof of yesterday',
      (token) => ({
        authorization: `DPoP ${token}`,
        dpop: forger.proof('GET', door(), token, { iat: nowS() - 86_400 }),
      }),
      'token-expired',
    ],
    [
      'A21: a proof by another key',
      (token) => ({ authorization: `DPoP ${token}`, dpop: forger.proof('GET', door(), token, {}, stranger.own) }),
      'token-signature-invalid',
    ],
    [
      'A22: as a bearer token',
      (token) => ({ authorization: `Bearer ${token}`, dpop: forger.proof('GET', door(), token) }),
      'header-missing',
    ],
  ];
  let stranger: Forger;
  beforeAll(async () => {
    stranger = await Forger.at(exchange);
  });
  afterAll(() => stranger.close());

  it.each(proofs)('%s does for a token that is bound to a key', async (_name, headers, reason) => {
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    const answer = await forger.ask(url, headers(forger.issued()));
    expect([answer.status, answer.code]).toEqual([401, 'not-authenticated']);
    expect(await watch.one()).toMatchObject({ outcome: 'refused', reason });
  });

  it('A21: a proof is taken once', async () => {
    const headers = forger.presenting(forger.issued(), 'GET', url);
    expect((await forger.ask(url, headers)).status).toBe(404);
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    expect((await forger.ask(url, headers)).status).toBe(401);
    expect(await watch.one()).toMatchObject({ reason: 'body-mismatch' });
  });

  it('says the same of every token that is none', async () => {
    const tokens = [forged(), forged({ kid: 'x' }), forger.issued({ aud: 'x' }), 'x.y.z'];
    const told = await Promise.all(tokens.map(present));
    const withoutTrace = told.map(({ text }) => text.replace(/[0-9a-f]{32}/, ''));
    expect(new Set(withoutTrace).size).toBe(1);
    expect(told.every(({ headers }) => headers['www-authenticate'] !== undefined)).toBe(true);
  });

  it('A30: no token stands in a log, nor in a span', async () => {
    await emrOf(exchange, { arrival: { hospitalId: 'mercy-general' } } as never).call('GET', url, treatment);
    await eventually(() => Promise.resolve(true));
    const folder = join(exchange.run, 'logs');
    const logs = readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')] as const);
    expect(logs.some(([file]) => file.startsWith('gateway'))).toBe(true);
    const { body } = await request(`${exchange.collectorUrl}/spans`);
    const token = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/;
    expect(
      [...logs, ['spans', await body.text()] as const].filter(([, text]) => token.test(text)).map(([name]) => name),
    ).toEqual([]);
    expect(token.test(forger.issued())).toBe(true);
  });
});

const encoded = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString('base64url');

function hs256(forger: Forger): string {
  const input = `${encoded(forger.header({ alg: 'HS256' }))}.${encoded(forger.claims())}`;
  return `${input}.${createHmac('sha256', forger.issuerPem).update(input).digest('base64url')}`;
}
