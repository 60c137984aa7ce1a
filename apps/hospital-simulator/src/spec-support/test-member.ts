import 'reflect-metadata';

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  cryptoProvider,
} from '@peculiar/x509';
import { type JWK, SignJWT, exportJWK, exportPKCS8, generateKeyPair } from 'jose';
import { Agent, type Dispatcher, request } from 'undici';

import { type Running, run } from '../run.js';
import { parseConfig } from '../simulator.config.js';

cryptoProvider.set(globalThis.crypto);

/** A self-signed certificate for localhost, written to a folder that `remove` deletes. */
export interface TestCertificate {
  readonly certPath: string;
  readonly keyPath: string;
  readonly certificate: string;
  readonly remove: () => Promise<void>;
}

/** A certificate that is its own authority, good for an hour. */
export async function testCertificate(): Promise<TestCertificate> {
  const keys = await globalThis.crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [
      new BasicConstraintsExtension(true),
      new SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
    ],
  });
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  const [certPath, keyPath] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  await writeFile(certPath, certificate.toString('pem'));
  await writeFile(keyPath, await exportPKCS8(keys.privateKey));
  return { certPath, keyPath, certificate: certificate.toString('pem'), remove: () => rm(folder, { recursive: true }) };
}

/** A client of the members, with a key of its own. */
export interface TestClient {
  readonly id: string;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
  /** A client assertion for a token endpoint; claims can be overridden, `undefined` leaves one out. */
  readonly assertion: (
    audience: string,
    claims?: Readonly<Record<string, unknown>>,
    algorithmHeader?: Readonly<Record<string, string>>,
  ) => Promise<string>;
}

/** A client whose key is on the given curve. */
export async function testClient(id: string, algorithm: 'ES256' | 'ES384' | 'EdDSA' = 'ES384'): Promise<TestClient> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return {
    id,
    publicJwk: { ...(await exportJWK(publicKey)), kid: `${id}-key` },
    privateJwk: { ...(await exportJWK(privateKey)), kid: `${id}-key` },
    assertion: (audience, claims = {}, header = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const all = {
        iss: id,
        sub: id,
        aud: audience,
        jti: globalThis.crypto.randomUUID(),
        iat: now,
        exp: now + 120,
        ...claims,
      };
      const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
      return new SignJWT(kept)
        .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: `${id}-key`, ...header })
        .sign(privateKey);
    },
  };
}

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: () => Readonly<Record<string, unknown>>;
}

/** Members that are up for a test, and a way to talk to them. */
export interface TestSimulator {
  readonly running: Running;
  readonly certificate: TestCertificate;
  readonly hospital: (id: string) => Running['ready']['hospitals'][number];
  readonly fetch: (
    url: string,
    options?: Partial<Dispatcher.RequestOptions> & { readonly token?: string },
  ) => Promise<Answer>;
  readonly token: (hospitalId: string, scope?: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** Starts hospitals `h1` … with the given client trusted by all, and whatever else the configuration is given. */
export async function testSimulator(
  client: TestClient,
  more: { readonly hospitals?: number; readonly config?: object; readonly hospital?: (n: number) => object } = {},
): Promise<TestSimulator> {
  const certificate = await testCertificate();
  const { certPath, keyPath } = certificate;
  const hospitals = Array.from({ length: more.hospitals ?? 4 }, (_, i) => ({
    id: `h${i + 1}`,
    organizationId: `org-${i + 1}`,
    name: `Hospital ${i + 1}`,
    port: 0,
    tls: { certPath, keyPath },
    identifierSystem: `urn:oid:2.999.${i + 1}`,
    trustedClients: [{ clientId: client.id, jwks: { keys: [client.publicJwk] } }],
    ...more.hospital?.(i + 1),
  }));
  const config = { population: { seed: 9, people: 120 }, hospitals, ...more.config };
  const running = await run(parseConfig(JSON.stringify(config)));
  const dispatcher = new Agent({ connect: { ca: certificate.certificate } });
  const hospital = (id: string): Running['ready']['hospitals'][number] => {
    const found = running.ready.hospitals.find((one) => one.id === id);
    if (found === undefined) throw new RangeError('no such hospital');
    return found;
  };
  const fetch: TestSimulator['fetch'] = async (url, { token, headers, ...options } = {}) => {
    const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const all = {
      method: 'GET',
      dispatcher,
      ...options,
      headers: { ...authorization, ...(headers as Record<string, string>) },
    };
    const response = await request(url, all as Parameters<typeof request>[1]);
    const text = await response.body.text();
    return {
      status: response.statusCode,
      headers: response.headers,
      text,
      json: () => JSON.parse(text) as Readonly<Record<string, unknown>>,
    };
  };
  return {
    running,
    certificate,
    hospital,
    fetch,
    token: async (hospitalId, scope = 'system/*.rs') => {
      const { tokenUrl } = hospital(hospitalId);
      const answer = await fetch(tokenUrl, tokenRequest(await client.assertion(tokenUrl), scope));
      if (answer.status !== 200) throw new Error('no token');
      return String(answer.json()['access_token']);
    },
    stop: async () => {
      await running.stop(100);
      await dispatcher.destroy();
      await certificate.remove();
    },
  };
}

/** A token request with a client assertion. */
export function tokenRequest(
  assertion: string,
  scope = 'system/*.rs',
  more: Readonly<Record<string, string>> = {},
): Partial<Dispatcher.RequestOptions> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    scope,
    ...more,
  });
  return { method: 'POST', body: form.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } };
}

/** Speaks to the admin API. */
export async function admin(
  url: string,
  method: 'GET' | 'PUT' | 'POST' | 'DELETE' = 'GET',
  body?: unknown,
): Promise<{ status: number; json: unknown }> {
  const response = await request(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.statusCode, json: await response.body.json() };
}
