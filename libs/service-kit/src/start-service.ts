import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';

import { ExchangeServer, withRetry } from '@hie/messaging';
import { type DatabaseModel, migrate } from '@hie/persistence';
import { errorFields, startTracing } from '@hie/telemetry';
import type { CanActivate, DynamicModule, ExceptionFilter, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';

import { limitAddresses } from './http/address-limit.js';
import { renewCertificate } from './http/renewed-certificate.js';
import { ProblemFilter } from './http/problem.filter.js';
import { PurposeGuard } from './http/purpose.guard.js';
import { REQUEST_ID_HEADER, answerWithRequestId, requestIdOf } from './http/request-id.js';
import { traceRequests } from './http/request-spans.js';
import { TransactionTokenGuard } from './http/transaction-token.guard.js';
import { limitConnections } from './net/connection-limit.js';
import { ConfigError, type ServiceConfig } from './service.config.js';
import { databaseSettings } from './service.module.js';

export interface StartServiceOptions {
  readonly service: string;
  readonly config: ServiceConfig;
  readonly model: DatabaseModel;
  readonly module: Type | DynamicModule;
  /** Guards that prove who asks, in order, before `PurposeGuard`. By default only what the gateway forwards comes in. */
  readonly guards?: readonly Type<CanActivate>[];
  readonly filter?: Type<ExceptionFilter>;
  readonly http?: Partial<HttpLimits>;
  /** Doors of its own, set up before the service listens. */
  readonly configure?: (app: NestFastifyApplication) => Promise<void> | void;
}

export interface HttpLimits {
  readonly bodyBytes: number;
  readonly requestTimeoutMs: number;
  /** Requests of one address, where strangers come to the door without the gateway; unlimited unless said. */
  readonly addressPerMinute?: number;
}

const defaultLimits: HttpLimits = { bodyBytes: 4 * 1024 * 1024, requestTimeoutMs: 30_000 };
/** A client that sends its headers slower than this holds a connection for nothing (408). */
const HEADERS_WITHIN_MS = 10_000;
const HANDSHAKE_WITHIN_MS = 5_000;
/** How often slow clients are looked for. */
const LOOK_EVERY_MS = 2_000;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 4_096;
/** Of one address, which may be a whole hospital's; it leaves the others three quarters. */
const MAX_CONNECTIONS_OF_ONE = 1_024;
const DATABASE_WITHIN_MS = 30_000;
/** After this the door opens all the same, and `/health/ready` says that it is catching up. */
const CATCH_UP_WITHIN_MS = 10_000;
const FHIR_JSON = 'application/fhir+json';

/**
 * Brings a service up: schema, HTTPS door, the log; and down again on SIGTERM, letting what is in flight finish.
 *
 * A fault before it is up ends the process with one line that names it: a service that half runs is worse than none.
 */
export async function startService(options: StartServiceOptions): Promise<NestFastifyApplication> {
  const { service, config, model } = options;
  const stopTracing = await startTracing(service);
  const { MIGRATION_DATABASE_URL: url } = config;
  // Nothing reads a table before the application is initialised.
  const [app] = await Promise.all([
    createApplication(options),
    url !== undefined && whenDatabaseAnswers(() => migrate(url, databaseSettings(service, config), model)),
  ]);
  const server = app.get(ExchangeServer);
  app.connectMicroservice({ strategy: server }, { inheritAppConfig: true });
  app.enableShutdownHooks();
  await options.configure?.(app);
  // Projections are loaded before the first message comes.
  await Promise.all([app.init(), server.connect()]);
  await app.startAllMicroservices();
  // A door that opens before it knows the members would tell a hospital in an emergency that it does not take part.
  await Promise.race([server.whenCaughtUp, pause(CATCH_UP_WITHIN_MS, undefined, { ref: false })]);
  await app.listen(config.PORT, config.HOST);
  process.once('beforeExit', () => void stopTracing());
  return app;
}

/** A database that is just starting or recovering is waited for: a service that gave up would only be started again. */
function whenDatabaseAnswers<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + DATABASE_WITHIN_MS;
  const { signal } = new AbortController();
  return withRetry(work, { attempts: 1, deadlineMs: () => deadline, onWait: () => Promise.resolve(), signal });
}

/** Runs a service's `main`: a configuration or start that fails is told in one line on standard error. */
export function runMain(start: () => Promise<unknown>): void {
  process.on('unhandledRejection', (error) => {
    process.stderr.write(`${JSON.stringify({ level: 60, msg: 'unhandled rejection', err: errorFields(error) })}\n`);
    process.exit(1);
  });
  const failed = (error: unknown): void => {
    const faults = error instanceof ConfigError ? { faults: error.faults } : { err: errorFields(error) };
    process.stderr.write(`${JSON.stringify({ level: 60, msg: 'service did not start', ...faults })}\n`);
    process.exit(1);
  };
  // Reading the configuration may throw before there is a promise.
  try {
    start().catch(failed);
  } catch (error) {
    failed(error);
  }
}

async function createApplication(options: StartServiceOptions): Promise<NestFastifyApplication> {
  const { config } = options;
  const http: HttpLimits = { ...defaultLimits, ...options.http };
  const adapter = new FastifyAdapter({
    https: {
      cert: readFileSync(config.TLS_CERT),
      key: readFileSync(config.TLS_KEY),
      ca: readFileSync(config.TLS_CA),
      minVersion: 'TLSv1.3',
      requestCert: true,
      // Health is asked without a certificate; the guards look at it everywhere else.
      rejectUnauthorized: false,
      handshakeTimeout: HANDSHAKE_WITHIN_MS,
      headersTimeout: HEADERS_WITHIN_MS,
      connectionsCheckingInterval: LOOK_EVERY_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      insecureHTTPParser: false,
    },
    bodyLimit: http.bodyBytes,
    requestTimeout: http.requestTimeoutMs,
    connectionTimeout: http.requestTimeoutMs,
    routerOptions: { maxParamLength: 256 },
    trustProxy: false,
    genReqId: ({ headers }: IncomingMessage) => requestIdOf(headers[REQUEST_ID_HEADER]),
  });
  const app = await NestFactory.create<NestFastifyApplication>(options.module, adapter, {
    bufferLogs: true,
    rawBody: true,
  });
  app.getHttpServer().maxConnections = MAX_CONNECTIONS;
  limitConnections(app.getHttpServer() as Server, MAX_CONNECTIONS_OF_ONE);
  answerWithRequestId(app);
  if (http.addressPerMinute !== undefined) limitAddresses(app, http.addressPerMinute);
  const logger = app.get(Logger);
  app.useLogger(logger);
  renewCertificate(
    app.getHttpServer() as unknown as Server,
    { certPath: config.TLS_CERT, keyPath: config.TLS_KEY, caPath: config.TLS_CA },
    (error) => logger.error({ err: error }, 'certificate not renewed'),
  );
  traceRequests(app);
  app.useBodyParser(FHIR_JSON, { bodyLimit: http.bodyBytes }, (_request, body, done) => parseJson(body, done));
  const guards = options.guards ?? [TransactionTokenGuard];
  app.useGlobalGuards(...guards.map((guard) => app.get<CanActivate>(guard)), app.get(PurposeGuard));
  app.useGlobalFilters(app.get<ExceptionFilter>(options.filter ?? ProblemFilter));
  return app;
}

function parseJson(body: Buffer, done: (error: Error | null, value?: unknown) => void): void {
  try {
    done(null, JSON.parse(body.toString('utf8')));
  } catch {
    // The parser's message quotes the input.
    done(Object.assign(new SyntaxError('body is not JSON'), { statusCode: 400 }));
  }
}
