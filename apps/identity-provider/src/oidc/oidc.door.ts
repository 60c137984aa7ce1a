import type { IncomingMessage, ServerResponse } from 'node:http';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type Provider from 'oidc-provider';

import type { CurrentProvider } from './current-provider.js';

const routes = ['/token', '/revocation', '/jwks', '/.well-known/openid-configuration', '/auth', '/auth/:uid'];

type Scope = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Hands the provider's routes to it whole: it reads the request body itself. */
export async function openOidcDoor(app: NestFastifyApplication, current: CurrentProvider): Promise<void> {
  const handlers = new WeakMap<Provider, Handler>();
  const handlerOf = (provider: Provider): Handler => {
    const handler = handlers.get(provider) ?? (provider.callback() as Handler);
    handlers.set(provider, handler);
    return handler;
  };
  await app.register((scope: Scope, _options: unknown, done: () => void) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    for (const url of routes) {
      scope.all(url, (request, reply) => {
        reply.hijack();
        void handlerOf(current.get())(request.raw, reply.raw);
      });
    }
    done();
  });
}
