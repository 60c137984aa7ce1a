import { memberNetworks, serviceConfigSchema } from '@hie/service-kit';
import { z } from 'zod';

const milliseconds = (byDefault: number, what: string) =>
  z.coerce.number().int().min(0).default(byDefault).describe(`${what}, ms`);

export const documentQueryConfigSchema = serviceConfigSchema.extend({
  MEMBER_CLIENT_ID: z.string().default('hie-broker').describe('the client id under which members know the exchange'),
  CRITICAL_WAIT_MS: milliseconds(1_500, 'how long the critical set waits for slow members before it is answered'),
  RELEASE_RESERVE_MS: milliseconds(300, 'what is kept of the deadline for the ledger and the gateway'),
  LATE_WAIT_MS: milliseconds(10_000, 'how long after the deadline an answer is still compared with what was shown'),
  MEMBER_NETWORKS: memberNetworks,
  MEMBER_CONNECTIONS: z.coerce.number().int().min(1).default(16).describe('connections to one member at most'),
  MEMBER_BODY_BYTES: z.coerce
    .number()
    .int()
    .default(16 * 1024 * 1024)
    .describe('largest answer taken from a member'),
});

export type DocumentQueryConfig = z.infer<typeof documentQueryConfigSchema>;
