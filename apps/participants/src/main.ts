import { readConfig, runMain, serviceConfigSchema, startService } from '@hie/service-kit';

import { ParticipantsModule } from './participants.module.js';
import { model } from './persistence/model.js';

runMain(() => {
  const config = readConfig(serviceConfigSchema, process.env);
  return startService({ service: 'participants', config, model, module: ParticipantsModule.forRoot(config) });
});
