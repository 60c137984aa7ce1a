import type { IncomingMessage, ServerResponse } from 'node:http';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type Provider from 'oidc-provider';

const routes = ['/token', '/jwks', '/.well-known/openid-configuration', '/auth', '/auth/:uid'];

type Scope = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

/** Hands the provider's routes to it whole: it reads the request body itself. */
export async function openOidcDoor(app: NestFastifyApplication, provider: Provider): Promise<void> {
  const handle = provider.callback() as (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  await app.register((scope: Scope, _options: unknown, done: () => void) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    for (const url of routes) {
      scope.all(url, (request, reply) => {
        reply.hijack();
        void handle(request.raw, reply.raw);
      });
    }
    done();
  });
}
