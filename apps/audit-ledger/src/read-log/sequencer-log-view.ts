import { Injectable } from '@nestjs/common';

import { ShardKeeper } from '../keep-shards/shard-keeper.js';
import { type LogState, LogView } from './log-view.js';

/** The log as its one writer has it in memory. */
@Injectable()
export class SequencerLogView extends LogView {
  constructor(private readonly shards: ShardKeeper) {
    super();
  }

  override current(): Promise<LogState> {
    return Promise.resolve({ shards: this.shards.all });
  }
}
