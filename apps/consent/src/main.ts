import { readConfig, runMain, startService } from '@hie/service-kit';

import { consentConfigSchema } from './consent.config.js';
import { ConsentModule } from './consent.module.js';
import { model } from './persistence/model.js';

runMain(() => {
  const config = readConfig(consentConfigSchema, process.env);
  return startService({ service: 'consent', config, model, module: ConsentModule.forRoot(config) });
});
