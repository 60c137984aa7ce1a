import { readConfig, runMain, startService } from '@hie/service-kit';

import { documentQueryConfigSchema } from './document-query.config.js';
import { DocumentQueryModule } from './document-query.module.js';
import { model } from './persistence/model.js';

runMain(() => {
  const config = readConfig(documentQueryConfigSchema, process.env);
  return startService({ service: 'document-query', config, model, module: DocumentQueryModule.forRoot(config) });
});
