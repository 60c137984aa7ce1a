import { ServiceModule } from '@hie/service-kit';
import { type DynamicModule, Module } from '@nestjs/common';

import { AppendEventConsumer } from './append-event/append-event.consumer.js';
import { AppendEventHandler } from './append-event/append-event.handler.js';
import { EntryStore } from './append-event/entry.store.js';
import { Sequencer } from './append-event/sequencer.js';
import { CheckpointStore } from './ask-witnesses/checkpoint.store.js';
import { Witnessing } from './ask-witnesses/witnessing.js';
import type { AuditLedgerConfig } from './audit-ledger.config.js';
import { model } from './persistence/model.js';
import { SearchEntriesController } from './search-entries/search-entries.controller.js';
import { ServeCheckpointsController } from './serve-checkpoints/serve-checkpoints.controller.js';
import { ServeLogController } from './serve-log/serve-log.controller.js';
import { ChainStore } from './watch-completeness/chain.store.js';
import { CompletenessWatch } from './watch-completeness/completeness-watch.js';

@Module({})
export class AuditLedgerModule {
  static forRoot(config: AuditLedgerConfig): DynamicModule {
    return {
      module: AuditLedgerModule,
      imports: [ServiceModule.forRoot({ service: 'audit-ledger', config, model })],
      controllers: [AppendEventConsumer, ServeLogController, ServeCheckpointsController, SearchEntriesController],
      providers: [
        EntryStore,
        Sequencer,
        CheckpointStore,
        Witnessing,
        ChainStore,
        CompletenessWatch,
        AppendEventHandler,
      ],
    };
  }
}
