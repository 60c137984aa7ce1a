import { readConfig, runMain, serviceConfigSchema, startService } from '@hie/service-kit';

import { model } from './persistence/model.js';
import { RecordLocatorModule } from './record-locator.module.js';

runMain(() => {
  const config = readConfig(serviceConfigSchema, process.env);
  return startService({ service: 'record-locator', config, model, module: RecordLocatorModule.forRoot(config) });
});
