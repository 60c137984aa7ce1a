import { createHash } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

import { type JWK, type JWTPayload, EmbeddedJWK, calculateJwkThumbprint, createLocalJWKSet, jwtVerify } from 'jose';

import { type TestClient, type TestSimulator, admin, testClient, testSimulator } from '../spec-support/test-member.js';

/** An exchange that checks what RFC 7523, RFC 9449 and ITI-104 ask for, and refuses in the ways it is told to. */
class Exchange {
  readonly assertions: JWTPayload[] = [];
  readonly updates: {
    readonly url: string;
    readonly method: string;
    readonly resource: { readonly identifier: readonly { readonly system: string; readonly value: string }[] };
  }[] = [];
  readonly faults: string[] = [];
  batches = 0;
  concurrent = 0;
  mostConcurrent = 0;
  /** What to answer to the next batches before taking any: a status, or entry statuses by position. */
  answers: (number | readonly number[])[] = [];
  wantsNonce = false;
  refusesClients = false;
  private readonly ids = new Set<string>();
  private server: Server | undefined;
  url = '';

  constructor(private readonly keys: readonly JWK[]) {}

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        void this.answer(request.url ?? '', request.headers as Record<string, string>, Buffer.concat(chunks).toString())
          .catch((cause: unknown) => {
            this.faults.push(String(cause));
            return { status: 401, json: {}, headers: {} as Record<string, string> };
          })
          .then(({ status, json, headers }) =>
            response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json)),
          );
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  private async answer(
    path: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<{ status: number; json: unknown; headers: Record<string, string> }> {
    const url = `${this.url}${path}`;
    const { payload: proof, protectedHeader } = await jwtVerify(headers['dpop'] ?? '', EmbeddedJWK, {
      typ: 'dpop+jwt',
      maxTokenAge: 60,
    });
    if (proof['htm'] !== 'POST' || proof['htu'] !== url || this.ids.has(String(proof.jti)))
      throw new Error('a proof for something else, or used twice');
    this.ids.add(String(proof.jti));
    const thumbprint = await calculateJwkThumbprint(protectedHeader.jwk as JWK);
    if (path === '/token') {
      if (this.refusesClients) return { status: 401, json: { error: 'invalid_client' }, headers: {} };
      if (this.wantsNonce && proof['nonce'] !== 'n-1')
        return { status: 400, json: { error: 'use_dpop_nonce' }, headers: { 'dpop-nonce': 'n-1' } };
      const form = new URLSearchParams(body);
      const { payload } = await jwtVerify(
        form.get('client_assertion') ?? '',
        createLocalJWKSet({ keys: [...this.keys] }),
        { audience: url, issuer: 'hospital', subject: 'hospital', requiredClaims: ['jti', 'exp'] },
      );
      this.assertions.push(payload);
      return {
        status: 200,
        json: { access_token: `token-${thumbprint}`, token_type: 'DPoP', expires_in: 300 },
        headers: {},
      };
    }
    const token = `token-${thumbprint}`;
    if (headers['authorization'] !== `DPoP ${token}`) throw new Error('a token that is not bound to this key');
    if (proof['ath'] !== createHash('sha256').update(token).digest('base64url'))
      throw new Error('a proof for another token');
    return this.take(body);
  }

  private async take(body: string): Promise<{ status: number; json: unknown; headers: Record<string, string> }> {
    this.batches += 1;
    this.concurrent += 1;
    this.mostConcurrent = Math.max(this.mostConcurrent, this.concurrent);
    await new Promise((resolve) => setTimeout(resolve, 20));
    this.concurrent -= 1;
    const planned = this.answers.shift();
    if (typeof planned === 'number') return { status: planned, json: {}, headers: { 'retry-after': '0' } };
    const bundle = JSON.parse(body) as {
      type: string;
      entry: { request: { url: string; method: string }; resource: Exchange['updates'][number]['resource'] }[];
    };
    if (bundle.type !== 'batch' || bundle.entry.length > 200) throw new Error('no batch of at most 200');
    const entry = bundle.entry.map(({ request, resource }, i) => {
      const status = planned?.[i] ?? 201;
      if (status < 300) this.updates.push({ ...request, resource });
      return { response: { status: `${status} whatever` } };
    });
    return { status: 200, json: { resourceType: 'Bundle', type: 'batch-response', entry }, headers: {} };
  }
}

describe('the feed', () => {
  let own: TestClient;
  let exchange: Exchange;
  let simulator: TestSimulator;

  beforeEach(async () => {
    own = await testClient('hospital');
    exchange = new Exchange([own.publicJwk]);
    await exchange.start();
    const client = { id: 'hospital', privateJwk: own.privateJwk };
    const hospital = (n: number): object =>
      n === 1 ? { client, exchange: { tokenUrl: `${exchange.url}/token`, fhirUrl: `${exchange.url}/fhir` } } : {};
    simulator = await testSimulator(await testClient('broker'), { hospital });
  });
  afterEach(async () => {
    await simulator.stop();
    exchange.stop();
  });

  const feedUrl = (): string => `${simulator.hospital('h1').adminUrl}/feed`;
  const finished = async (): Promise<Readonly<Record<string, unknown>>> => {
    for (let i = 0; i < 400; i += 1) {
      const json = (await admin(feedUrl())).json as Readonly<Record<string, unknown>>;
      if (json['state'] !== 'running') return json;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('the feed did not end');
  };

  it('sends every patient once, by conditional update on its own number, a few batches at once', async () => {
    const { patients } = simulator.hospital('h1');
    const { status, json } = await admin(feedUrl(), 'POST', { batchSize: 10, concurrency: 2 });
    expect([status, json]).toEqual([202, expect.objectContaining({ state: 'running', total: patients })]);
    expect(await finished()).toMatchObject({
      state: 'done',
      sent: patients,
      accepted: patients,
      refused: 0,
      retries: 0,
    });
    expect(exchange.faults).toEqual([]);
    expect(exchange.mostConcurrent).toBe(2);
    expect(exchange.updates).toHaveLength(patients);
    for (const { method, url, resource } of exchange.updates) {
      const [identifier] = resource.identifier;
      expect([method, decodeURIComponent(url)]).toEqual([
        'PUT',
        `Patient?identifier=urn:oid:2.999.1|${identifier?.value}`,
      ]);
    }
    expect(new Set(exchange.updates.map(({ url }) => url)).size).toBe(patients);
  });

  it('says for whom and for what purpose it comes, and asks for one token only', async () => {
    await admin(feedUrl(), 'POST', {});
    await finished();
    expect(exchange.assertions).toEqual([
      expect.objectContaining({
        iss: 'hospital',
        extensions: {
          'hl7-b2b': {
            version: '1',
            organization_id: 'org-1',
            purpose_of_use: ['urn:oid:2.16.840.1.113883.5.8#TREAT'],
          },
        },
      }),
    ]);
    const [{ exp = 0, iat = 0 } = {}] = exchange.assertions;
    expect(exp - iat).toBeLessThanOrEqual(300);
  });

  it('gives a DPoP nonce back when it is asked for one', async () => {
    exchange.wantsNonce = true;
    await admin(feedUrl(), 'POST', {});
    expect(await finished()).toMatchObject({ state: 'done' });
  });

  it('comes again when it is told to, and loses and doubles nobody', async () => {
    exchange.answers = [503, 429, [201, 503, 201], 503];
    const { patients } = simulator.hospital('h1');
    await admin(feedUrl(), 'POST', { batchSize: 15, concurrency: 1 });
    expect(await finished()).toMatchObject({ state: 'done', accepted: patients, refused: 0, retries: 4 });
    expect(new Set(exchange.updates.map(({ url }) => url)).size).toBe(patients);
    expect(exchange.updates).toHaveLength(patients);
  });

  it('leaves behind whom the exchange refuses, and counts them', async () => {
    exchange.answers = [[422, 201, 412]];
    const { patients } = simulator.hospital('h1');
    await admin(feedUrl(), 'POST', {});
    expect(await finished()).toMatchObject({ state: 'done', accepted: patients - 2, refused: 2 });
  });

  it('fails with the reason when it gets no token, and can be started again', async () => {
    exchange.refusesClients = true;
    await admin(feedUrl(), 'POST', {});
    expect(await finished()).toMatchObject({ state: 'failed', accepted: 0, error: 'token-refused: invalid_client' });
    exchange.refusesClients = false;
    await admin(feedUrl(), 'POST', {});
    expect(await finished()).toMatchObject({ state: 'done', accepted: simulator.hospital('h1').patients });
  });

  it('is cancelled when it is told to', async () => {
    exchange.answers = Array.from({ length: 50 }, () => 503);
    await admin(feedUrl(), 'POST', { batchSize: 5, concurrency: 1 });
    await admin(feedUrl(), 'DELETE');
    expect(await finished()).toMatchObject({ state: 'cancelled' });
  });

  it('is refused where no exchange is configured', async () => {
    const { status, json } = await admin(`${simulator.hospital('h2').adminUrl}/feed`, 'POST', {});
    expect([status, json]).toEqual([409, expect.objectContaining({ error: 'not-configured' })]);
    expect((await admin(`${simulator.hospital('h2').adminUrl}/feed`)).status).toBe(404);
  });
});
