import type { TLSSocket } from 'node:tls';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { peerAddress } from '../net/peer-address.js';
import { requestLimit } from './request-limit.js';

/**
 * Limits what one address may ask of a door for strangers, before anything else is done for it: 429 with `Retry-After`.
 *
 * Services of the exchange, known by their certificates, are not strangers; health is asked by who runs it.
 */
export function limitAddresses(app: NestFastifyApplication, perMinute: number): void {
  const secondsToWait = requestLimit(perMinute);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', async (request, reply) => {
      const socket = request.raw.socket as TLSSocket;
      if (socket.authorized || request.url.startsWith('/health/')) return;
      const seconds = secondsToWait(peerAddress(socket) ?? '');
      if (seconds === 0) return;
      await reply
        .status(429)
        .header('retry-after', String(seconds))
        .type('application/problem+json')
        .send({ type: 'about:blank', status: 429, code: 'too-many-requests' });
    });
}
