import { randomUUID } from 'node:crypto';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Params } from 'nestjs-pino';
import type { DestinationStream, LoggerOptions } from 'pino';

import { isUuid } from './uuid.js';

export const REQUEST_ID_HEADER = 'x-request-id';

/** The caller's own id for its request where it is a UUID, and otherwise a new one: a word of the caller's choice could be a patient's number, and stands in logs. */
export const requestIdOf = (header: unknown): string =>
  typeof header === 'string' && isUuid(header.toLowerCase()) ? header : randomUUID();

/**
 * Logs in which every line that is written for a request says its id, and nothing else of it: a URL and its headers hold identifiers.
 *
 * The routes are named because what nestjs-pino names by itself matches none here, and nothing would be bound.
 */
export const requestLogs = (options: LoggerOptions, stream?: DestinationStream): Params => {
  const pinoHttp = {
    ...options,
    serializers: { ...options.serializers, req: () => undefined },
    // Wrapped, an error would reach our serializer as pino's own rendering of it, with its message and without its class.
    wrapSerializers: false,
    autoLogging: false,
    quietReqLogger: true,
    customAttributeKeys: { reqId: 'requestId' },
  };
  return { pinoHttp: stream === undefined ? pinoHttp : [pinoHttp, stream], forRoutes: ['*splat'] };
};

/** Tells the caller the request's id with every answer, refusals included, so that who asks about one can name it. */
export function answerWithRequestId(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request, reply, done) => {
      void reply.header(REQUEST_ID_HEADER, request.id);
      done();
    });
}
