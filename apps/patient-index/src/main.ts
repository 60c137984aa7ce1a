import { readConfig, runMain, startService } from '@hie/service-kit';

import { patientIndexConfigSchema } from './patient-index.config.js';
import { PatientIndexModule } from './patient-index.module.js';
import { model } from './persistence/model.js';

runMain(() => {
  const config = readConfig(patientIndexConfigSchema, process.env);
  return startService({ service: 'patient-index', config, model, module: PatientIndexModule.forRoot(config) });
});
