import { readConfig, runMain, startService } from '@hie/service-kit';

import { participantsConfigSchema } from './participants.config.js';
import { ParticipantsModule } from './participants.module.js';
import { model } from './persistence/model.js';

runMain(() => {
  const config = readConfig(participantsConfigSchema, process.env);
  return startService({ service: 'participants', config, model, module: ParticipantsModule.forRoot(config) });
});
