// ATTACKS.md D1 at every public door: who takes long over a body, and who says nothing at all, is cut off; nobody else notices. Slow headers
// are in network.spec.ts.
import { once } from 'node:events';
import { type Socket, connect as connectTcp } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

import { request } from 'undici';

import { Forger } from '../support/forger.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { openTls, untilEnded } from '../support/sockets.js';

/** Doors to which strangers come, each with a path that takes a body or refuses it. */
const doors = [
  ['gateway', '/fhir/Patient/$match'],
  ['identity-provider', '/enrol'],
  ['audit-ledger', '/ledger/entries'],
] as const;
const SLOW_OF_EACH = 40;
const IDLE = 300;
/** Of one address, at one door. */
const MOST_OF_ONE = 1_024;

describe('a door', () => {
  let exchange: SharedExchange;
  let forger: Forger;
  const opened: Socket[] = [];
  beforeAll(async () => {
    exchange = sharedExchange();
    forger = await Forger.at(exchange);
  });
  afterEach(() => opened.splice(0).forEach((socket) => socket.destroy()));
  afterAll(async () => {
    await forger.close();
    await exchange.close();
  });

  const urlOf = (door: string): string => exchange.urls[door] as string;
  const isServed = async (door: string): Promise<boolean> => {
    const { statusCode, body } = await request(`${urlOf(door)}/health/live`, { dispatcher: forger.agent });
    await body.dump();
    return statusCode === 200;
  };

  it('D1: cuts off bodies that come a byte at a time, and serves others meanwhile', async () => {
    const slow = await Promise.all(
      doors.flatMap(([door, path]) =>
        Array.from({ length: SLOW_OF_EACH }, async () => {
          const socket = await openTls(exchange, urlOf(door));
          opened.push(socket);
          const { said } = untilEnded(socket);
          socket.write(`POST ${path} HTTP/1.1\r\nHost: ${door}\r\nContent-Type: application/json\r\n`);
          socket.write('Content-Length: 100000\r\n\r\n{');
          return { door, socket, said };
        }),
      ),
    );
    const drip = setInterval(() => slow.forEach(({ socket }) => socket.writable && socket.write(' ')), 1_000);
    for (const [door] of doors) expect([door, await isServed(door)]).toEqual([door, true]);
    const answers = await Promise.all(slow.map(async ({ door, said }) => [door, (await said).slice(0, 12)] as const));
    clearInterval(drip);
    // The answer may be lost in what is still on its way; some of each door's are not.
    for (const [door] of doors) {
      const told = new Set(answers.filter(([at]) => at === door).map(([, answer]) => answer));
      expect([...told].filter((answer) => !['', 'HTTP/1.1 408'].includes(answer))).toEqual([]);
      expect(told).toContain('HTTP/1.1 408');
      expect([door, await isServed(door)]).toEqual([door, true]);
    }
  }, 90_000);

  it('D1: cuts off connections on which nothing is said, with TLS or before it, and serves others meanwhile', async () => {
    const { hostname, port } = new URL(urlOf('gateway'));
    const silent = await Promise.all(Array.from({ length: IDLE }, () => openTls(exchange, urlOf('gateway'))));
    const unshaken = Array.from({ length: IDLE }, () => connectTcp({ host: hostname, port: Number(port) }));
    opened.push(...silent, ...unshaken);
    const ended = [...silent, ...unshaken].map((socket) => untilEnded(socket).said);
    await Promise.all(unshaken.map((socket) => once(socket, 'connect')));
    expect(await isServed('gateway')).toBe(true);
    expect((await Promise.all(ended)).filter((said) => said.startsWith('HTTP/1.1 200'))).toEqual([]);
    expect(await isServed('gateway')).toBe(true);
  }, 60_000);

  it('D1: hangs up on what one address holds beyond its own, and serves others meanwhile', async () => {
    const attempts = Array.from({ length: MOST_OF_ONE + 100 }, () =>
      openTls(exchange, urlOf('gateway'), { localAddress: '127.0.0.6' } as ConnectionOptions),
    );
    const settled = await Promise.allSettled(attempts);
    const held = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    opened.push(...held);
    held.forEach(untilEnded);
    expect(held.length).toBeGreaterThan(0);
    expect(held.length).toBeLessThan(attempts.length);
    expect(await isServed('gateway')).toBe(true);
  }, 60_000);
});
