import { serviceConfigSchema } from '@hie/service-kit';
import { z } from 'zod';

export const auditLedgerConfigSchema = serviceConfigSchema.extend({
  LEDGER_DIR: z.string().min(1).describe('the folder that holds the log: tiles, entry bundles, checkpoint'),
  LEDGER_ORIGIN: z.string().min(1).describe('the log’s identity, the first line of every checkpoint'),
});

export type AuditLedgerConfig = z.infer<typeof auditLedgerConfigSchema>;
