import { addressLimitPerMinute, serviceConfigSchema } from '@hie/service-kit';
import { z } from 'zod';

export const identityProviderConfigSchema = serviceConfigSchema.extend({
  ISSUER: z
    .url()
    .describe(
      'this provider’s own URL, as clients and people’s browsers see it; its host is what passkeys are bound to',
    ),
  RESOURCE: z.url().describe('the FHIR base its tokens are good for'),
  RATE_LIMIT_PER_MINUTE: addressLimitPerMinute(600),
  OPERATOR_CLIENT: z
    .string()
    .min(1)
    .describe('path of the exchange operator’s own client registration (JSON, public keys)'),
  UDAP_TRUST: z
    .string()
    .optional()
    .describe('path of the trust community (JSON) whose systems may register themselves; none may when absent'),
  CONSOLE_REDIRECT_URIS: z
    .string()
    .default('')
    .transform((list) => list.split(',').filter((uri) => uri !== ''))
    .describe(
      'where people’s sign-ins at a console may lead back to, comma separated; none: they sign in at the command line alone',
    ),
  RECOVERY_DELAY_HOURS: z.coerce
    .number()
    .min(0)
    .default(24)
    .describe('between the approval of a recovery and its use; under 24 for tests alone'),
});

export type IdentityProviderConfig = z.infer<typeof identityProviderConfigSchema>;
