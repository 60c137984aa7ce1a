import { readConfig, runMain, startService } from '@hie/service-kit';

import { auditLedgerConfigSchema } from './audit-ledger.config.js';
import { AuditLedgerModule } from './audit-ledger.module.js';
import { model } from './persistence/model.js';

runMain(() => {
  const config = readConfig(auditLedgerConfigSchema, process.env);
  const http = { addressPerMinute: config.RATE_LIMIT_PER_MINUTE };
  return startService({ service: 'audit-ledger', config, model, module: AuditLedgerModule.forRoot(config), http });
});
