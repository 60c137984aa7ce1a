// This tier's exchange has its signing keys in SoftHSM, by PKCS#11: what it signs verifies for everybody, and no file holds what signs.
import { type JsonWebKey, createPublicKey } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { askOnArrival, verifyReceipt } from '@hie/local-exchange';
import type { Story } from '@hie/population';
import { parseVerifierKey } from '@hie/transparency-log';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { Agent, request } from 'undici';

import { emrOf } from '../support/doors.js';
import { sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

const exchange = sharedExchange();
const withToken = exchange.isWithToken ? describe : describe.skip;
if (!exchange.isWithToken) {
  console.info(
    'skipped: an exchange with its keys in a PKCS#11 token, because SoftHSM is not installed (Debian: softhsm2)',
  );
}

interface Published {
  readonly seal: readonly JsonWebKey[];
  readonly token: readonly JsonWebKey[];
}

const PRIVATE_JWK = /\{[^{}]*"d":"[^"]+"[^{}]*\}/g;

withToken('an exchange with its keys in a token', () => {
  let agent: Agent;
  let story: Story;
  beforeAll(async () => {
    agent = new Agent({ connect: { ca: exchange.ca } });
    story = await leadStory(exchange);
  });
  afterAll(async () => {
    await agent.close();
    await exchange.close();
  });

  const jwks = async (): Promise<{ readonly keys: readonly JsonWebKey[] }> => {
    const url = `${exchange.description.identityProvider.issuer}/jwks`;
    return (await (await request(url, { dispatcher: agent })).body.json()) as { keys: JsonWebKey[] };
  };
  const manifest = (): Readonly<Record<string, Published>> => {
    const [, payload = ''] = readFileSync(join(exchange.run, 'trust', 'trust-manifest.jws'), 'utf8').split('.');
    return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { services: Record<string, Published> })
      .services;
  };

  it('answers, and its ledger’s checkpoint, its transaction tokens and its question to members are believed', async () => {
    // Every hop verifies the gateway's token, every member the assertion of document-query.
    const patient = await arrivingPatient(exchange, story);
    const { coverage, receipt } = await askOnArrival(exchange, emrOf(exchange, story), { patient });
    expect(coverage.filter(({ status }) => status === 'answered').length).toBeGreaterThan(1);
    const { verified, steps } = await verifyReceipt(exchange, receipt);
    expect({ verified, failed: steps.filter(({ ok }) => !ok) }).toEqual({ verified: true, failed: [] });
  });

  it('issues access tokens that verify with the published key', async () => {
    const { token } = await emrOf(exchange, story).token({ purpose: 'TREAT', scope: 'system/*.rs' });
    const { payload } = await jwtVerify(token, createLocalJWKSet((await jwks()) as never), { algorithms: ['ES256'] });
    expect(payload.iss).toBe(exchange.description.identityProvider.issuer);
  });

  it('has no file with the private half of what a service signs or seals with', async () => {
    const { ledger } = exchange.description;
    const services = Object.values(manifest());
    const own = [
      ...services.flatMap(({ seal, token }) => [...seal, ...token]),
      ...(await jwks()).keys,
      exchange.memberClientJwk,
      parseVerifierKey(ledger.verifierKey).publicKey.export({ format: 'jwk' }),
    ].map(({ x }) => x);
    const found = filesBelow(exchange.run).flatMap((path) =>
      (readIfThere(path).match(PRIVATE_JWK) ?? []).map((text) => ({ path, x: publicHalf(text) })),
    );
    // It does find private keys where there are some: those of the root and of members' own clients.
    expect(found.map(({ path }) => path)).toContain(join(exchange.run, 'trust', 'trust-root.private.jwk'));
    expect(own).toHaveLength(services.length + 1 + 3);
    expect(found.filter(({ x }) => own.includes(x))).toEqual([]);
  });
});

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

/** The exchange runs on: a tile that was superseded is gone since the folders were listed. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function publicHalf(text: string): string | undefined {
  try {
    return createPublicKey({ format: 'jwk', key: JSON.parse(text) as JsonWebKey }).export({ format: 'jwk' }).x;
  } catch {
    // Not a key: some other object with a member of that name.
    return undefined;
  }
}
