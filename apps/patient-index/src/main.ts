import { readConfig, runMain, serviceConfigSchema, startService } from '@hie/service-kit';

import { PatientIndexModule } from './patient-index.module.js';
import { model } from './persistence/model.js';

runMain(() => {
  const config = readConfig(serviceConfigSchema, process.env);
  return startService({ service: 'patient-index', config, model, module: PatientIndexModule.forRoot(config) });
});
