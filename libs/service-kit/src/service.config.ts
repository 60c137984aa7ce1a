import { ConfigModule } from '@nestjs/config';
import { z } from 'zod';

const path = (what: string) => z.string().min(1).describe(`path of ${what}`);

/**
 * What every service reads from its environment. Secrets are in files, and passwords in a URL that the platform injects; the one that may be
 * a value is a PKCS#11 token's PIN, for platforms that inject it so.
 */
export const serviceConfigSchema = z.object({
  HIE_INSTANCE: z.string().default('0').describe('tells the instances of one service apart'),
  HOST: z.string().default('127.0.0.1').describe('address to listen on'),
  PORT: z.coerce.number().int().min(0).max(65_535).describe('port to listen on'),
  TLS_CERT: path('the certificate (PEM); its CN is the service’s name and its Kafka principal'),
  TLS_KEY: path('the certificate’s private key (PEM, PKCS #8)'),
  TLS_CA: path('the exchange’s own authority (PEM)'),
  KAFKA_BROKERS: z
    .string()
    .min(1)
    .transform((list) => list.split(','))
    .describe('host:port, comma separated'),
  KAFKA_CA: z.string().optional().describe('path of Kafka’s authority (PEM); TLS_CA when absent'),
  KAFKA_CERT: z.string().optional().describe('the certificate shown to Kafka (PEM); TLS_CERT when absent'),
  KAFKA_KEY: z.string().optional().describe('its private key (PEM, PKCS #8); TLS_KEY when absent'),
  DATABASE_URL: z.url().describe('PostgreSQL under the service’s own role; secret'),
  MIGRATION_DATABASE_URL: z
    .url()
    .optional()
    .describe('the role that owns the schema; migrates at start when given; secret'),
  DATABASE_CA: z.string().optional().describe('path of PostgreSQL’s authority (PEM); TLS_CA when absent'),
  DATABASE_POOL: z.coerce.number().int().min(1).default(6).describe('connections to PostgreSQL'),
  KEY_FILE: path('the service’s private keys (JSON of JWKs, mode 0600); secret'),
  KEY_FILE_SECRET: z
    .string()
    .optional()
    .describe('path of the 32 bytes (base64url, mode 0600) that seal KEY_FILE; secret'),
  KEY_FILE_PKCS11_KEY: z.string().optional().describe('label of the AES key in the PKCS#11 token that seals KEY_FILE'),
  PKCS11_MODULE: z.string().optional().describe('path of a PKCS#11 module (shared library)'),
  PKCS11_TOKEN: z.string().optional().describe('label of the PKCS#11 token that holds signing keys'),
  PKCS11_PIN_FILE: z.string().optional().describe('path of its PIN (mode 0600); secret'),
  PKCS11_PIN: z.string().optional().describe('its PIN, where no file can be given; secret'),
  MEMBER_KEYS: z
    .string()
    .optional()
    .describe('path of the folder of members’ wrapping keys (mode 0700); every service but the ledger has it; secret'),
  MEMBER_KEYS_SECRET: z
    .string()
    .optional()
    .describe('path of the 32 bytes (base64url, mode 0600) that seal the files in MEMBER_KEYS; secret'),
  TRUST_MANIFEST: path('the signed list of every service’s public keys (JWS)'),
  TRUST_ROOT: path('the public key that signs the list (JWK)'),
  TRUST_DOMAIN: z.string().min(1).describe('audience of transaction tokens'),
  TOKEN_ISSUER: z.string().min(1).describe('issuer of transaction tokens'),
  OBJECT_STORE: z
    .string()
    .min(1)
    .describe('path of the folder for bodies too large for a message, or `s3://bucket/prefix`'),
  S3_ENDPOINT: z.url().optional().describe('where S3 answers; Amazon’s own in the region when absent'),
  S3_REGION: z.string().default('us-east-1').describe('the region that requests to S3 are signed for'),
  S3_CREDENTIALS_FILE: z
    .string()
    .optional()
    .describe('path of `accessKeyId`, `secretAccessKey` and, if temporary, `sessionToken` (JSON, mode 0600); secret'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    .default('info')
    .describe('least level logged'),
});

/** Of the services to whose doors strangers come without the gateway. */
export const addressLimitPerMinute = (byDefault: number) =>
  z.coerce.number().int().min(1).default(byDefault).describe('requests of one address a minute');

/** Of the services that register members' systems or connect to them. */
export const memberNetworks = z
  .string()
  .default('')
  .transform((list) => list.split(',').filter((network) => network !== ''))
  .describe('networks (CIDR, comma separated) that are not public and where members’ systems may be all the same');

export type ServiceConfig = z.infer<typeof serviceConfigSchema>;

/** A Kafka that is run by others has an authority of its own, which knows nothing of the exchange's. */
export const kafkaIdentity = (config: ServiceConfig) => ({
  caPath: config.KAFKA_CA ?? config.TLS_CA,
  certPath: config.KAFKA_CERT ?? config.TLS_CERT,
  keyPath: config.KAFKA_KEY ?? config.TLS_KEY,
});

/** The configuration of a service is not usable; names every variable at fault, and no value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'config-invalid';
  constructor(readonly faults: readonly string[]) {
    super('config-invalid');
  }
}

/** Reads a configuration once, before the first connection. @throws ConfigError */
export function readConfig<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv): z.output<S> {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`));
}

/** Injection token of a service's whole configuration. */
export const SERVICE_CONFIG = Symbol('service configuration');

/** Nest's configuration module over one schema; values are read through `SERVICE_CONFIG`, typed. */
export const configModule = (config: object) =>
  ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, cache: true, load: [() => config] });
