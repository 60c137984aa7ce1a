export {
  type CertificateAuthority,
  certificateAuthority,
  type CertificateAuthorityOptions,
  type Leaf,
} from './certificates/certificate-authority.js';
export { keepRenewed, type Renewal, renewalDelayMs } from './certificates/keep-renewed.js';
export { command, type CommandContext, Stopped, unlessStopped } from './commands/command.js';
export {
  type DemoOptions,
  type Exchange,
  type ExchangeOptions,
  type StartExchange,
  type TellStory,
} from './exchange-seam.js';
export {
  type ArrivalAnswer,
  askOnArrival,
  EMERGENCY,
  hookBody,
  type ShownCard,
  type ShownCoverage,
  type ShownReceipt,
} from './demo/ask-on-arrival.js';
export { entriesOf, type Hop, type ShownEntry, traceHops } from './demo/trace-hops.js';
export { type Verification, verifyReceipt } from './demo/verify-receipt.js';
export {
  type IndexGround,
  type IndexService,
  type IndexServiceOptions,
  INDEX_TOKEN_ISSUER,
  instanceName,
  startIndexService,
} from './index-service/start-index-service.js';
export { serviceAllocatorEnvironment, serviceNodeArguments } from './exchange/node-arguments.js';
export { type HospitalPopulation, inventHospitals, type SimulatedHospital } from './exchange/hospitals.js';
export { type KeyRotation, READ_WITHIN_MS, rotateKeys } from './exchange/rotate-keys.js';
export {
  keyFilesIn,
  makeTrustMaterial,
  protectionIn,
  stolenKeysIn,
  type TrustMaterial,
} from './exchange/trust-material.js';
export { LEDGER_ORIGIN, TRUST_DOMAIN } from './exchange/service-processes.js';
export { type ComposedExchange, type CompositionOptions, startExchange } from './exchange/start-exchange.js';
export { freePort, freePorts, onFreePort } from './free-port.js';
export { type Infrastructure, type InfrastructureOptions, startInfrastructure } from './infrastructure.js';
export { type KafkaEndpoint, type KafkaOptions, type LocalKafka, startKafka } from './kafka/start-kafka.js';
export {
  describeFailure,
  type LocalExchangeCode,
  LocalExchangeError,
  type RetryClass,
} from './local-exchange-error.js';
export { type LocalServer } from './local-server.js';
export { type Database, database } from './postgres/database.js';
export { type LocalPostgres, type PostgresOptions, startPostgres } from './postgres/start-postgres.js';
export { type Exit } from './process/child-group.js';
export { endEverything } from './process/lifeline.js';
export { type ExchangeDescription, exchangeDescriptionSchema, readExchangeFile } from './run/exchange-file.js';
export { isRunning, type ProcessIdentity, processIdentity } from './run/process-identity.js';
export { openRun, type RunFolder } from './run/run-folder.js';
export { type RestartPolicy, restartPolicy } from './supervisor/decide-restart.js';
export { type ProcessExit, type ProcessSpec } from './supervisor/process-spec.js';
export { supervise, type SuperviseOptions, type Supervisor } from './supervisor/supervise.js';
export { kafkaVersion } from '../setup/cache.mjs';
export { logReader } from './demo/log-reader.js';
