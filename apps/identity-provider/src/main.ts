import { readConfig, runMain, startService } from '@hie/service-kit';

import { identityProviderConfigSchema } from './identity-provider.config.js';
import { IdentityProviderModule } from './identity-provider.module.js';
import { CurrentProvider } from './oidc/current-provider.js';
import { openOidcDoor } from './oidc/oidc.door.js';
import { model } from './persistence/model.js';

runMain(() => {
  const config = readConfig(identityProviderConfigSchema, process.env);
  return startService({
    service: 'identity-provider',
    config,
    model,
    module: IdentityProviderModule.forRoot(config),
    http: { addressPerMinute: config.RATE_LIMIT_PER_MINUTE },
    configure: (app) => openOidcDoor(app, app.get(CurrentProvider)),
  });
});
