import type { ServiceName } from '@hie/contracts';
import {
  AuditTrail,
  AuditWriter,
  DeadLetterBox,
  type ExchangeMessaging,
  ExchangeServer,
  MessageWriter,
  OutboxRelay,
  exchangeMessaging,
} from '@hie/messaging';
import { type DatabaseModel, GroupCommitter, UnitOfWork, databaseOptions, poolOf } from '@hie/persistence';
import { type TokenVerifier, tokenVerifier } from '@hie/purpose-of-use';
import { loggerOptions } from '@hie/telemetry';
import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LoggerModule, PinoLogger } from 'nestjs-pino';
import { DataSource } from 'typeorm';

import { DeadLetterDesk } from './dead-letters/dead-letter-desk.js';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { MESSAGING, OBJECT_STORE, PG_POOL, SERVICE_NAME, TOKEN_VERIFIER } from './exchange/tokens.js';
import { HealthController } from './health/health.controller.js';
import { ReadinessRegistry } from './health/readiness.registry.js';
import { DoorRefusals } from './http/door-refusals.js';
import { ProblemFilter } from './http/problem.filter.js';
import { PurposeGuard } from './http/purpose.guard.js';
import { requestLogs } from './http/request-id.js';
import { TransactionTokenGuard } from './http/transaction-token.guard.js';
import { configuredKeyring } from './keys/configured-keyring.js';
import { FileKeyring } from './keys/file-keyring.js';
import { KeyChangeRecorder } from './keys/key-change-recorder.js';
import { SERVICE_CONFIG, type ServiceConfig, configModule, kafkaIdentity } from './service.config.js';
import { configuredObjectStore } from './store/configured-object-store.js';
import { ObjectSweeper } from './store/object-sweeper.js';

export interface ServiceSettings {
  readonly service: ServiceName;
  readonly config: ServiceConfig;
  readonly model: DatabaseModel;
}

const TOKEN_CACHE_SIZE = 10_000;
/** A withdrawn token key stops being believed within this time. */
const TOKEN_BELIEVED_MS = 10_000;

/** What every service stands on: configuration, logs, database, keys, the log, health, and the guards. */
@Global()
@Module({})
export class ServiceModule {
  static forRoot({ service, config, model }: ServiceSettings): DynamicModule {
    const providers = [...identity(service, config), ...messagingParts(), ...guards];
    return {
      module: ServiceModule,
      imports: [
        configModule(config),
        LoggerModule.forRoot(requestLogs(loggerOptions(service, config.HIE_INSTANCE, config.LOG_LEVEL))),
        TypeOrmModule.forRoot({
          ...databaseOptions(databaseSettings(service, config), model),
          retryAttempts: 30,
          retryDelay: 500,
        }),
        TerminusModule.forRoot({ logger: false }),
      ],
      // The gateway's door is open to strangers, and asks for people.
      controllers: [HealthController, ...(service === 'gateway' ? [] : [DeadLettersController])],
      providers,
      exports: providers,
    };
  }
}

export const databaseSettings = (service: string, config: ServiceConfig) => ({
  url: config.DATABASE_URL,
  caPath: config.DATABASE_CA ?? config.TLS_CA,
  schema: service.replaceAll('-', '_'),
  poolSize: config.DATABASE_POOL,
  applicationName: `${service}-${config.HIE_INSTANCE}`,
});

const guards: Provider[] = [PurposeGuard, TransactionTokenGuard, DoorRefusals, ProblemFilter, ReadinessRegistry];

const identity = (service: ServiceName, config: ServiceConfig): Provider[] => [
  { provide: SERVICE_NAME, useValue: service },
  { provide: SERVICE_CONFIG, useValue: config },
  { provide: PG_POOL, useFactory: (source: DataSource) => poolOf(source), inject: [DataSource] },
  { provide: OBJECT_STORE, useFactory: () => configuredObjectStore(config) },
  ObjectSweeper,
  KeyChangeRecorder,
  {
    provide: FileKeyring,
    useFactory: (logger: PinoLogger) =>
      configuredKeyring(service, config, (error) => logger.error({ err: error }, 'keys not reloaded')),
    inject: [PinoLogger],
  },
  {
    provide: TOKEN_VERIFIER,
    useFactory: (keyring: FileKeyring) =>
      tokenVerifier({
        issuer: config.TOKEN_ISSUER,
        audience: config.TRUST_DOMAIN,
        keys: keyring.tokenKeys,
        now: Date.now,
        capacity: TOKEN_CACHE_SIZE,
        maxAgeMs: TOKEN_BELIEVED_MS,
      }),
    inject: [FileKeyring],
  },
  {
    provide: MESSAGING,
    useFactory: (keyring: FileKeyring, pool, store, tokens: TokenVerifier, logger: PinoLogger) =>
      exchangeMessaging({
        service,
        instance: config.HIE_INSTANCE,
        kafka: {
          brokers: config.KAFKA_BROKERS,
          clientId: `${service}.${config.HIE_INSTANCE}`,
          tls: kafkaIdentity(config),
          log: (level, message) => logger[level](message),
        },
        keyring,
        pool,
        store,
        verifyToken: tokens.verify,
        onError: (error) => logger.warn({ err: error }, 'log trouble'),
        onRefused: (topic, code, error) =>
          logger.warn({ topic, code, ...(code === 'defect' ? { err: error } : {}) }, 'message refused'),
      }),
    inject: [FileKeyring, PG_POOL, OBJECT_STORE, TOKEN_VERIFIER, PinoLogger],
  },
];

/** The parts by their own names, so that a class says in its constructor exactly what it needs. */
const messagingParts = (): Provider[] => [
  part(ExchangeServer, ({ server }) => server),
  part(MessageWriter, ({ writer }) => writer),
  part(AuditWriter, ({ audit }) => audit),
  part(AuditTrail, ({ trail }) => trail),
  part(GroupCommitter, ({ committer }) => committer),
  part(OutboxRelay, ({ relay }) => relay),
  part(DeadLetterBox, ({ deadLetters }) => deadLetters),
  DeadLetterDesk,
  {
    provide: UnitOfWork,
    useFactory: (source: DataSource, { handOff }: ExchangeMessaging) => new UnitOfWork(source, handOff),
    inject: [DataSource, MESSAGING],
  },
];

const part = (
  provide: Provider & (abstract new (...args: never[]) => unknown),
  pick: (all: ExchangeMessaging) => unknown,
) => ({
  provide,
  useFactory: pick,
  inject: [MESSAGING],
});
