import type { TLSSocket } from 'node:tls';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const MINUTE_MS = 60_000;
/** Addresses counted at a time; beyond it the oldest is forgotten, for to count must not become the flood. */
const MAX_ADDRESSES = 65_536;

interface Window {
  count: number;
  readonly untilMs: number;
}

/** How long an address has to wait, in seconds; 0 when its request may come in. */
export type AddressLimit = (address: string) => number;

/** Counts requests by address in windows of a minute, each beginning with the address's first. */
export function addressLimit(perMinute: number, now: () => number = Date.now): AddressLimit {
  const windows = new Map<string, Window>();
  return (address) => {
    const nowMs = now();
    let window = windows.get(address);
    if (window === undefined || window.untilMs <= nowMs) {
      windows.delete(address);
      window = { count: 0, untilMs: nowMs + MINUTE_MS };
      windows.set(address, window);
      const oldest = windows.keys().next();
      if (windows.size > MAX_ADDRESSES && !oldest.done) windows.delete(oldest.value);
    }
    window.count += 1;
    return window.count <= perMinute ? 0 : Math.ceil((window.untilMs - nowMs) / 1000);
  };
}

/**
 * Limits what one address may ask of a door for strangers, before anything else is done for it: 429 with `Retry-After`.
 *
 * Services of the exchange, known by their certificates, are not strangers; health is asked by who runs it.
 */
export function limitAddresses(app: NestFastifyApplication, perMinute: number): void {
  const secondsToWait = addressLimit(perMinute);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', async (request, reply) => {
      const socket = request.raw.socket as TLSSocket;
      if (socket.authorized || request.url.startsWith('/health/')) return;
      const seconds = secondsToWait(socket.remoteAddress ?? '');
      if (seconds === 0) return;
      await reply
        .status(429)
        .header('retry-after', String(seconds))
        .type('application/problem+json')
        .send({ type: 'about:blank', status: 429, code: 'too-many-requests' });
    });
}
