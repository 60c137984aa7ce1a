// How often an issuer is asked for its keys: at once for a key just put to use, and once in a while for those that never were. While it can not be
// asked, what it said last is believed for an hour, and nobody is called a forger.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { PinoLogger } from '@hie/service-kit';

import type { GatewayConfig } from '../gateway.config.js';
import { IssuerKeys } from './issuer-keys.js';

const ISSUER = 'https://issuer.example';
const { x, y, kty, crv } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });

async function issuer() {
  const published = ['one'];
  let fetches = 0;
  let isAway = false;
  const server = createServer((request, response) => {
    fetches += 1;
    if (isAway) request.socket.destroy();
    else response.end(JSON.stringify({ keys: published.map((kid) => ({ kid, kty, crv, x, y })) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = { IDP_ISSUER: ISSUER, IDP_JWKS_URL: `http://127.0.0.1:${port}/jwks` } as unknown as GatewayConfig;
  const failures: unknown[] = [];
  const logger = { warn: (failure: unknown) => failures.push(failure) } as unknown as PinoLogger;
  const keys = new IssuerKeys(config, logger);
  return {
    find: async (kid: string) => (await keys.find(ISSUER, kid)) !== undefined,
    publish: (kid: string) => published.push(kid),
    fetches: () => fetches,
    failures,
    away: (is: boolean) => (isAway = is),
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

  describe('while the issuer can not be asked', () => {
    const MINUTE_MS = 60_000;
    beforeEach(() =>
      import.meta.jest.useFakeTimers({
        doNotFake: [
          'setTimeout',
          'setInterval',
          'setImmediate',
          'nextTick',
          'clearTimeout',
          'clearInterval',
          'clearImmediate',
          'performance',
          'queueMicrotask',
        ],
      }),
    );
    afterEach(() => import.meta.jest.useRealTimers());
    const passes = (ms: number) => import.meta.jest.setSystemTime(Date.now() + ms);

    it('believes the keys that it published for an hour, and none after it', async () => {
      await of.find('one');
      of.away(true);
      passes(11 * MINUTE_MS);
      expect(await of.find('one')).toBe(true);
      expect(of.failures).toHaveLength(1);
      passes(48 * MINUTE_MS);
      expect(await of.find('one')).toBe(true);
      passes(2 * MINUTE_MS);
      await expect(of.find('one')).rejects.toMatchObject({ code: 'service-unavailable' });
      of.away(false);
      passes(MINUTE_MS);
      expect(await of.find('one')).toBe(true);
    });

    it('says of a key that it does not know, and of all before the first answer, that it can not know', async () => {
      of.away(true);
      await expect(of.find('one')).rejects.toMatchObject({ code: 'service-unavailable' });
      of.away(false);
      passes(MINUTE_MS);
      expect(await of.find('one')).toBe(true);
      of.away(true);
      passes(MINUTE_MS);
      await expect(of.find('two')).rejects.toMatchObject({ code: 'service-unavailable' });
      expect(await of.find('one')).toBe(true);
    });

    it('does not ask for each of those that come, and keeps none of them waiting whose key is known', async () => {
      await of.find('one');
      of.away(true);
      passes(11 * MINUTE_MS);
      await of.find('one');
      const found = await Promise.all(Array.from({ length: 20 }, () => of.find('one')));
      expect(found).not.toContain(false);
      expect(of.fetches()).toBe(2);
    });
  });
});
