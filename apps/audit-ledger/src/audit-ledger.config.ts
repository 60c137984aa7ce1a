import { addressLimitPerMinute, serviceConfigSchema } from '@hie/service-kit';
import { z } from 'zod';

import { LEAST_YEARS } from './retain-shards/decide-retention.js';

export const auditLedgerConfigSchema = serviceConfigSchema.extend({
  LEDGER_DIR: z.string().min(1).describe('the folder that holds the log: tiles, entry bundles, checkpoint'),
  WITNESSES_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'a JSON file: the members’ witnesses, and how many must vouch for a published checkpoint; a replica goes by their clocks',
    ),
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
  LEDGER_ROLE: z
    .enum(['sequencer', 'replica'])
    .default('sequencer')
    .describe('whether this process writes the log, or serves and searches what another writes'),
  LEDGER_TAKE_OVER: z
    .enum(['yes', 'no'])
    .default('no')
    .describe('whether to push aside a sequencer of which nobody can tell from here that it is gone; for one start'),
  LEDGER_VERIFIER_KEY: z.string().optional().describe('a replica’s: the log’s key in signed-note form, name+hash+key'),
  LEDGER_SOURCE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'a replica’s: the public log that is copied into LEDGER_DIR; without it the folder is the sequencer’s own',
    ),
  LEDGER_COPY_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(10)
    .default(1_000)
    .describe('a replica’s: how often the public log is asked for more, in milliseconds'),
  LEDGER_CHECK_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(100)
    .default(600_000)
    .describe('how often the tables are held against the log, in milliseconds'),
  LEDGER_RETENTION_YEARS: z.coerce
    .number()
    .int()
    .min(LEAST_YEARS, 'the law keeps six years: 45 CFR 164.316(b)(2)(i), 164.528')
    .max(1_000)
    .default(LEAST_YEARS)
    .describe('how many years after a half-year’s last entry its log may be dropped by order; never fewer than six'),
  LEDGER_ORIGIN: z.string().min(1).describe('the log’s identity, the first line of every checkpoint'),
});

export type AuditLedgerConfig = z.infer<typeof auditLedgerConfigSchema>;
