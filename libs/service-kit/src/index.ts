export { MESSAGING, OBJECT_STORE, PG_POOL, SERVICE_NAME, TOKEN_VERIFIER } from './exchange/tokens.js';
export { DeadLetterDesk } from './dead-letters/dead-letter-desk.js';
export { FieldEncryptionModule } from './field-encryption.module.js';
export { HealthController } from './health/health.controller.js';
export { type ReadinessCheck, ReadinessRegistry } from './health/readiness.registry.js';
export { EntryBudget } from './http/entry-budget.js';
export { ATTEMPT_HEADER, TXN_TOKEN_HEADER, requestDigest } from './http/forwarded-request.js';
export { REQUEST_ID_HEADER } from './http/request-id.js';
export { type RequestLimit, requestLimit } from './http/request-limit.js';
export { ProblemFilter, Refusal } from './http/problem.filter.js';
export { type AuthorisedRequest, PurposeGuard, authorityOf } from './http/purpose.guard.js';
export { PUBLIC, Public, SERVES, Serves } from './http/serves.js';
export { isUuid } from './http/uuid.js';
export { type ForwardedRequest, TransactionTokenGuard, claimsOf } from './http/transaction-token.guard.js';
export { configuredKeyring } from './keys/configured-keyring.js';
export { FileKeyring, type KeyProtection } from './keys/file-keyring.js';
export { type DirectoryClient, MemberDirectory } from './members/member-directory.js';
export { MemberDirectoryModule } from './members/member-directory.module.js';
export { certificateThumbprint, clientCertificateOf, isValidAt } from './net/client-certificate.js';
export { type Peer, peerAddress, peerOf } from './net/peer-address.js';
export { type Reachability, reachability } from './net/reachable-address.js';
export { type BasisChange, PersonStandings } from './standings/person-standings.js';
export { PersonStandingsModule } from './standings/person-standings.module.js';
export {
  ConfigError,
  SERVICE_CONFIG,
  type ServiceConfig,
  addressLimitPerMinute,
  memberNetworks,
  readConfig,
  serviceConfigSchema,
} from './service.config.js';
export { ServiceModule, type ServiceSettings } from './service.module.js';
export { type HttpLimits, type StartServiceOptions, runMain, startService } from './start-service.js';
export { PinoLogger } from 'nestjs-pino';
