// How often an issuer is asked for its keys: at once for a key just put to use, and once in a while for those that never were.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { GatewayConfig } from '../gateway.config.js';
import { IssuerKeys } from './issuer-keys.js';

const ISSUER = 'https://issuer.example';
const { x, y, kty, crv } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });

async function issuer() {
  const published = ['one'];
  let fetches = 0;
  const server = createServer((_request, response) => {
    fetches += 1;
    response.end(JSON.stringify({ keys: published.map((kid) => ({ kid, kty, crv, x, y })) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = { IDP_ISSUER: ISSUER, IDP_JWKS_URL: `http://127.0.0.1:${port}/jwks` } as unknown as GatewayConfig;
  const keys = new IssuerKeys(config);
  return {
    find: async (kid: string) => (await keys.find(ISSUER, kid)) !== undefined,
    publish: (kid: string) => published.push(kid),
    fetches: () => fetches,
    close: async () => {
      await keys.onApplicationShutdown();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe(IssuerKeys.name, () => {
  let of: Awaited<ReturnType<typeof issuer>>;
  beforeEach(async () => {
    of = await issuer();
  });
  afterEach(() => of.close());

  it('fetches a key that was put to use a moment after the set was fetched', async () => {
    expect(await of.find('one')).toBe(true);
    of.publish('two');
    expect(await of.find('two')).toBe(true);
    expect(of.fetches()).toBe(2);
  });

  it('asks once for a flood of ids that nobody has', async () => {
    await of.find('one');
    const found = await Promise.all(Array.from({ length: 50 }, (_, at) => of.find(`none-${at}`)));
    expect(found).not.toContain(true);
    expect(await of.find('none')).toBe(false);
    expect(of.fetches()).toBe(2);
  });

  it('lets several that come with a new key at once wait for one fetch', async () => {
    await of.find('one');
    of.publish('two');
    expect(await Promise.all([of.find('two'), of.find('two'), of.find('two')])).toEqual([true, true, true]);
    expect(of.fetches()).toBe(2);
  });
});
