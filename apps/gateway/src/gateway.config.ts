import { addressLimitPerMinute, serviceConfigSchema } from '@hie/service-kit';
import { z } from 'zod';

/** An origin as a browser says it: no path, no pattern. */
const isHttpsOrigin = (text: string): boolean =>
  text.startsWith('https://') && !text.includes('*') && URL.canParse(text) && new URL(text).origin === text;

export const gatewayConfigSchema = serviceConfigSchema.extend({
  PUBLIC_URL: z.url().describe('this gateway’s own URL, as clients see it'),
  IDP_ISSUER: z.url().describe('issuer of access tokens'),
  IDP_JWKS_URL: z.url().describe('where the issuer’s keys are'),
  IDP_TOKEN_URL: z.url().describe('the token endpoint that discovery documents name'),
  IDP_REGISTRATION_URL: z.url().optional().describe('where systems register themselves (UDAP), if they may'),
  UDAP_CERTIFICATE: z
    .string()
    .optional()
    .describe(
      'path of the certificate (PEM, with what is between it and its community’s anchor) whose URI is the FHIR base',
    ),
  UDAP_KEY: z.string().optional().describe('path of its private key (PEM, PKCS #8); secret'),
  PEOPLE_ISSUERS: z
    .string()
    .optional()
    .describe('path of a list of other providers (JSON) that people may sign in at; none when absent'),
  IDENTITY_PROVIDER_URL: z.url().describe('owner of people'),
  PATIENT_INDEX_URL: z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(z.url()).min(1))
    .describe('owner of the identity feed: every instance, comma separated; the one that writes is found'),
  CONSENT_URL: z.url().describe('owner of consents'),
  PARTICIPANTS_URL: z.url().describe('owner of members'),
  RECORD_LOCATOR_URL: z.url().describe('for its dead letters'),
  DOCUMENT_QUERY_URL: z.url().describe('for its dead letters'),
  AUDIT_LEDGER_URL: z.url().describe('owner of the ledger'),
  AUDIT_LEDGER_REPLICA_URLS: z
    .string()
    .default('')
    .transform((list) => list.split(',').filter((url) => url !== ''))
    .pipe(z.array(z.url()))
    .describe('replicas of the ledger, parted by commas, that are searched while its owner is away'),
  SENDER_CONSTRAINED: z
    .enum(['required', 'accepted'])
    .default('required')
    .describe('whether an access token must be bound to a key (DPoP)'),
  RATE_LIMIT_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .default(6_000)
    .describe('requests of one client a minute, over all routes'),
  ADDRESS_LIMIT_PER_MINUTE: addressLimitPerMinute(12_000),
  MEMBER_SHARE: z.coerce
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe('share of the queries under way at once that one member may have'),
  CONSOLE_ORIGINS: z
    .string()
    .default('')
    .transform((list) => list.split(',').filter((origin) => origin !== ''))
    .pipe(z.array(z.string().refine(isHttpsOrigin)))
    .describe('origins (https, parted by commas) whose pages may ask; none unless said'),
  RELEASE_PROOF_MS: z.coerce
    .number()
    .int()
    .min(100)
    .default(1_000)
    .describe('how old the newest look for changed consents may be when an answer is shown, ms'),
  DEFAULT_DEADLINE_MS: z.coerce.number().int().default(5_000).describe('deadline of a query that states none'),
});

export type GatewayConfig = z.infer<typeof gatewayConfigSchema>;
