// ATTACKS.md D at the gateway's socket: slow headers, ambiguous and old-fashioned requests, headers that lie. Nobody else notices.
import { connect as connectTcp } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

import type { OAuthClient } from '@hie/exchange-client';
import { entriesOf } from '@hie/local-exchange';
import type { Story } from '@hie/population';

import { codeOf, emergency, matchBody } from '../support/doors.js';
import { Forger } from '../support/forger.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { openTls } from '../support/sockets.js';
import { arrivingPatient, storiesOf } from '../support/stories.js';

describe('the gateway', () => {
  let exchange: SharedExchange;
  let forger: Forger;
  let emr: OAuthClient;
  let host: string;
  let port: number;
  beforeAll(async () => {
    exchange = sharedExchange();
    forger = await Forger.at(exchange);
    emr = exchange.clientOf(exchange.hospital('mercy-general'));
    const { hostname, port: text } = new URL(exchange.description.gateway.url);
    host = hostname;
    port = Number(text);
  });
  afterAll(async () => {
    await forger.close();
    await exchange.close();
  });

  const open = (options?: ConnectionOptions) => openTls(exchange, exchange.description.gateway.url, options);
  /** Sends bytes as they are, and says what comes back until the connection is closed. */
  const raw = async (text: string): Promise<string> => {
    const socket = await open();
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    // A socket that is closed on us is what some of these want.
    socket.on('error', () => undefined);
    socket.write(text);
    await new Promise((resolve) => socket.once('close', resolve).setTimeout(15_000, () => socket.destroy()));
    return answer;
  };
  const metadata = async (): Promise<number> =>
    (await forger.ask(`${exchange.description.gateway.fhirUrl}/metadata`, {})).status;

  it('D1: closes two hundred connections that send their headers a byte at a time, and serves others meanwhile', async () => {
    const slow = await Promise.all(Array.from({ length: 200 }, () => open()));
    const answers = slow.map(() => '');
    const closed = slow.map((socket, at) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => (answers[at] += chunk.toString()));
      socket.write('GET /fhir/metadata HTTP/1.1\r\nHost: gateway\r\nX-Slow: ');
      return new Promise<void>((resolve) => socket.once('close', () => resolve()));
    });
    const drip = setInterval(() => slow.forEach((socket) => socket.writable && socket.write('x')), 1_000);
    expect(await metadata()).toBe(200);
    await Promise.all(closed);
    clearInterval(drip);
    expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 408'))).not.toEqual([]);
    expect(answers.some((answer) => answer.startsWith('HTTP/1.1 200'))).toBe(false);
    expect(await metadata()).toBe(200);
  }, 60_000);

  it.each([
    ['two lengths', 'POST /fhir HTTP/1.1\r\nHost: g\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde'],
    [
      'a length and chunks',
      'POST /fhir HTTP/1.1\r\nHost: g\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['chunked said oddly', 'POST /fhir HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a blank before the colon', 'GET /fhir/metadata HTTP/1.1\r\nHost : g\r\n\r\n'],
    ['a line end of a line feed alone', 'GET /fhir/metadata HTTP/1.1\nHost: g\nX: y\n\n'],
    ['no host', 'GET /fhir/metadata HTTP/1.1\r\n\r\n'],
    ['a method that is none', 'GE T /fhir/metadata HTTP/1.1\r\nHost: g\r\n\r\n'],
    ['a NUL in a header', 'GET /fhir/metadata HTTP/1.1\r\nHost: g\r\nX: a\0b\r\n\r\n'],
  ])('D3: refuses a request with %s', async (_name, text) => {
    const answer = await raw(text);
    expect(answer).toMatch(/^HTTP\/1\.1 (400|501) /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('D4: speaks no HTTP/2', async () => {
    const socket = await open({ ALPNProtocols: ['h2', 'http/1.1'] });
    expect(socket.alpnProtocol).not.toBe('h2');
    socket.destroy();
  });

  it('D10: speaks TLS 1.3, and no HTTP without it', async () => {
    const socket = await open();
    expect(socket.getProtocol()).toBe('TLSv1.3');
    socket.destroy();
    const plain = connectTcp({ host, port });
    plain.on('error', () => undefined);
    let answer = '';
    plain.on('data', (chunk) => (answer += chunk.toString()));
    plain.write('GET /fhir/metadata HTTP/1.1\r\nHost: g\r\n\r\n');
    await new Promise((resolve) => plain.once('close', resolve).setTimeout(10_000, () => plain.destroy()));
    expect(answer).not.toMatch(/^HTTP/);
  });

  it('D9: lets no page of another origin ask', async () => {
    const { gateway } = exchange.description;
    for (const origin of ['https://evil.example', 'null']) {
      const read = await forger.ask(`${gateway.fhirUrl}/metadata`, { origin });
      const asked = await forger.ask(`${gateway.fhirUrl}/metadata`, {
        origin,
        'access-control-request-method': 'POST',
      });
      for (const { headers } of [read, asked])
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(read.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
      expect(String(read.headers['content-security-policy'])).toContain("default-src 'none'");
      expect(read.headers['strict-transport-security']).toBeDefined();
    }
  });

  const LOOPBACK = /^(127\.0\.0\.1|::1)$/;
  const SPOOFED = '203.0.113.9';
  const claimed = {
    'x-forwarded-for': SPOOFED,
    forwarded: `for=${SPOOFED}`,
    'x-real-ip': SPOOFED,
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'http',
  };
  const fromHere = { requester: expect.objectContaining({ address: expect.stringMatching(LOOPBACK) as string }) };

  it('D11: who is let in is known to every hop by the connection, whatever a header claims', async () => {
    const url = `${exchange.description.gateway.fhirUrl}/Patient/$match`;
    const story = (await storiesOf(exchange)).find(({ arrival }) => arrival.hospitalId === 'mercy-general') as Story;
    const body = JSON.stringify(matchBody(await arrivingPatient(exchange, story)));
    const headers = { ...forger.presenting(forger.issued(), 'POST', url), 'content-type': 'application/fhir+json' };
    const [asked, answered] = [
      await LedgerWatch.on(exchange, 'query.requested'),
      await LedgerWatch.on(exchange, 'answer.assembled'),
    ];
    expect((await forger.ask(url, { ...headers, ...claimed }, 'POST', body)).status).toBe(200);
    const { txn } = await asked.one();
    expect(await answered.one()).toMatchObject({ txn, outcome: 'success' });
    const entries = await entriesOf(exchange, String(txn));
    expect(new Set(entries.map(({ entry }) => entry.service)).size).toBeGreaterThan(3);
    for (const { entry } of entries) expect(entry).toMatchObject(fromHere);
    expect(JSON.stringify(entries)).not.toContain(SPOOFED);
  });

  it.each<[string, () => string | undefined, number, string]>([
    ['with no token', () => undefined, 401, 'not-authenticated'],
    [
      'with a scope that does not cover it',
      () => forger.issued({ scope: 'system/Patient.u' }),
      403,
      'insufficient-scope',
    ],
  ])(
    'D11: who is turned away %s is known by the connection, whatever a header claims',
    async (_name, token, ...told) => {
      const url = `${exchange.description.gateway.fhirUrl}/AllergyIntolerance?patient=1`;
      const watch = await LedgerWatch.on(exchange, 'request.refused');
      const given = token();
      const presented = given === undefined ? {} : forger.presenting(given, 'GET', url);
      const answer = await forger.ask(url, { ...presented, ...claimed });
      expect([answer.status, answer.code]).toEqual(told);
      const entry = await watch.one();
      expect(entry).toMatchObject(fromHere);
      expect(JSON.stringify(entry)).not.toContain(SPOOFED);
    },
  );

  it('D11: who gets no token is known by the connection, whatever a header claims', async () => {
    const watch = await LedgerWatch.on(exchange, 'token.refused');
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...claimed };
    const url = `${exchange.description.identityProvider.issuer}/token`;
    expect((await forger.ask(url, headers, 'POST', 'grant_type=client_credentials')).status).toBe(400);
    const entry = await watch.one();
    expect(entry).toMatchObject(fromHere);
    expect(JSON.stringify(entry)).not.toContain(SPOOFED);
  });

  it('D11: a proof is for the gateway’s own URL, whatever host a request names', async () => {
    const token = forger.issued();
    const spoofed = {
      host: 'evil.example',
      connection: 'close',
      authorization: `DPoP ${token}`,
      dpop: forger.proof('GET', 'https://evil.example/fhir/AllergyIntolerance', token),
      ...claimed,
    };
    const lines = Object.entries(spoofed).map(([name, value]) => `${name}: ${value}\r\n`);
    const told = await raw(`GET /fhir/AllergyIntolerance?patient=1 HTTP/1.1\r\n${lines.join('')}\r\n`);
    expect(told).toMatch(/^HTTP\/1\.1 401 /);
  });

  it.each([
    ['a path that is none', '/fhir/%00', {}],
    ['a path that climbs', '/fhir/../../etc/passwd', {}],
    ['an id that is SQL', "/fhir/AllergyIntolerance?patient=' or 1=1 --", {}],
    ['a filter that is SQL', "/ledger/entries?action=' or 1=1", {}],
    [
      'JSON with a prototype',
      '/fhir/Patient/$match',
      { body: '{"__proto__":{"polluted":true},"resourceType":"Parameters"}' },
    ],
    ['JSON nested ten thousand deep', '/fhir/Patient/$match', { body: `${'['.repeat(10_000)}${']'.repeat(10_000)}` }],
    [
      'a lone surrogate and a NUL',
      '/fhir/Patient/$match',
      { body: '{"resourceType":"Parameters","parameter":[{"name":"\\ud800\\u0000"}]}' },
    ],
  ])('D12: says nothing of itself on %s', async (_name, path, { body }: { body?: string }) => {
    const url = `${exchange.description.gateway.url}${path}`;
    const method = body === undefined ? 'GET' : 'POST';
    const answer = await emr.call(method, url, {
      purpose: 'TREAT',
      scope: 'system/*.rs',
      ...(body === undefined ? {} : { body }),
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(codeOf(answer)).toBeDefined();
    expect(answer.text).not.toMatch(
      /at \w+.*\(|node_modules|select |from "|\.(ts|js):\d|stack|polluted|passwd|or 1=1/i,
    );
    expect(answer.headers['server'] ?? answer.headers['x-powered-by']).toBeUndefined();
  });

  it('D7: has no door to everything at once', async () => {
    for (const path of ['Patient/$export', '$export', 'Patient/1/$everything']) {
      const answer = await emr.call('GET', `${exchange.description.gateway.fhirUrl}/${path}`, emergency);
      expect([path, answer.status, codeOf(answer)]).toEqual([path, 404, 'unknown-interaction']);
    }
  });
});
