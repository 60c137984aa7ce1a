import { addressLimitPerMinute, serviceConfigSchema } from '@hie/service-kit';
import { z } from 'zod';

export const auditLedgerConfigSchema = serviceConfigSchema.extend({
  LEDGER_DIR: z.string().min(1).describe('the folder that holds the log: tiles, entry bundles, checkpoint'),
  WITNESSES_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('a JSON file: the members’ witnesses, and how many must vouch for a published checkpoint'),
  WITNESS_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(10)
    .default(1_000)
    .describe('how often witnesses are asked at most, in milliseconds'),
  WITNESS_REFRESH_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .default(60_000)
    .describe('how old cosignatures get while the log does not grow, in milliseconds'),
  // A verifier reads a file for every 256 entries, one after the other.
  RATE_LIMIT_PER_MINUTE: addressLimitPerMinute(30_000),
  LEDGER_ORIGIN: z.string().min(1).describe('the log’s identity, the first line of every checkpoint'),
});

export type AuditLedgerConfig = z.infer<typeof auditLedgerConfigSchema>;
