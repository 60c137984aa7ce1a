import { addressLimitPerMinute, serviceConfigSchema } from '@hie/service-kit';
import { z } from 'zod';

export const identityProviderConfigSchema = serviceConfigSchema.extend({
  ISSUER: z.url().describe('this provider’s own URL, as clients see it'),
  RESOURCE: z.url().describe('the FHIR base its tokens are good for'),
  RATE_LIMIT_PER_MINUTE: addressLimitPerMinute(600),
  OPERATOR_CLIENT: z
    .string()
    .min(1)
    .describe('path of the exchange operator’s own client registration (JSON, public keys)'),
});

export type IdentityProviderConfig = z.infer<typeof identityProviderConfigSchema>;
