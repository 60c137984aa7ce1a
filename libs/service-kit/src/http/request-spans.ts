// W3C Trace Context: https://www.w3.org/TR/trace-context/; names by OpenTelemetry's semantic conventions for HTTP
import { inSpan } from '@hie/telemetry';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * One span for each request, from its headers to the end of its answer; what the handlers do and send hangs below it.
 *
 * It is named by the route's pattern: a URL holds identifiers. Of what a caller sends along only `traceparent` is taken on, because
 * baggage and trace state are free text that would travel through the log in the clear.
 */
export function traceRequests(app: NestFastifyApplication): void {
  app.getHttpAdapter().getInstance().addHook('onRequest', openSpan);
}

export function openSpan(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const route = request.routeOptions.url ?? 'unknown';
  const { traceparent } = request.headers;
  const attributes = { 'http.request.method': request.method, 'http.route': route };
  const from = typeof traceparent === 'string' ? { traceparent } : {};
  const ended = inSpan({ name: `${request.method} ${route}`, kind: 'server', attributes, from }, (span) => {
    const closed = new Promise<void>((resolve) => reply.raw.once('close', resolve));
    done();
    return closed.then(() => void span.setAttribute('http.response.status_code', reply.statusCode));
  });
  ended.catch((error: unknown) => request.log.error({ err: error }, 'span not ended'));
}
