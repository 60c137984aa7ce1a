import { memberNetworks, serviceConfigSchema } from '@hie/service-kit';
import { z } from 'zod';

export const consentConfigSchema = serviceConfigSchema.extend({
  NOTICE_WEBHOOKS: z
    .string()
    .optional()
    .describe('path of a list (JSON) of where members are told of broken glass; none: they read at the door'),
  MEMBER_NETWORKS: memberNetworks,
});

export type ConsentConfig = z.infer<typeof consentConfigSchema>;
