import { readConfig, runMain, startService } from '@hie/service-kit';

import { EdgeGuard } from './edge/edge.guard.js';
import { PersonGuard } from './edge/person.guard.js';
import { gatewayConfigSchema } from './gateway.config.js';
import { GatewayModule } from './gateway.module.js';
import { letConsolesAsk } from './http/console-origins.js';
import { publishRoutes } from './http/open-api.controller.js';
import { OutcomeFilter } from './http/outcome.filter.js';
import { securityHeaders } from './http/security-headers.js';
import { AddressThrottler, ClientThrottler } from './http/throttlers.js';
import { model } from './persistence/model.js';

const MIB = 1024 * 1024;

runMain(() => {
  const config = readConfig(gatewayConfigSchema, process.env);
  return startService({
    service: 'gateway',
    config,
    model,
    module: GatewayModule.forRoot(config),
    guards: [AddressThrottler, EdgeGuard, ClientThrottler, PersonGuard],
    filter: OutcomeFilter,
    http: { bodyBytes: 4 * MIB, requestTimeoutMs: 35_000 },
    configure: async (app) => {
      await securityHeaders(app);
      letConsolesAsk(app, config.CONSOLE_ORIGINS);
      publishRoutes(app, config.PUBLIC_URL);
    },
  });
});
