import { readConfig, runMain, serviceConfigSchema, startService } from '@hie/service-kit';

import { ConsentModule } from './consent.module.js';
import { model } from './persistence/model.js';

runMain(() => {
  const config = readConfig(serviceConfigSchema, process.env);
  return startService({ service: 'consent', config, model, module: ConsentModule.forRoot(config) });
});
