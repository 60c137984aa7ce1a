// CORS protocol: https://fetch.spec.whatwg.org/#http-cors-protocol
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/**
 * Lets the pages of the consoles' origins ask, and no other page; where none is configured nothing of CORS is spoken at all.
 *
 * Without credentials: a console holds its token and key itself, and there is no cookie that could go along.
 */
export function letConsolesAsk(app: NestFastifyApplication, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.enableCors({
    origin: (origin: string | undefined, decide: (error: Error | null, isAllowed: boolean) => void) => {
      decide(null, origin !== undefined && origins.includes(origin));
    },
    methods: ['GET', 'POST', 'PUT', 'DELETE'],
    allowedHeaders: ['authorization', 'dpop', 'content-type', 'idempotency-key', 'deadline-ms', 'x-request-id'],
    exposedHeaders: ['content-disposition', 'content-location', 'retry-after', 'www-authenticate', 'x-request-id'],
    credentials: false,
    maxAge: 600,
  });
}
