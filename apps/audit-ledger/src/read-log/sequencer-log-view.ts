import { Injectable } from '@nestjs/common';

import { Sequencer } from '../append-event/sequencer.js';
import { type LogState, LogView } from './log-view.js';

/** The log as its one writer has it in memory. */
@Injectable()
export class SequencerLogView extends LogView {
  constructor(private readonly sequencer: Sequencer) {
    super();
  }

  override current(): Promise<LogState> {
    const { head, proofs } = this.sequencer.openedLog;
    return Promise.resolve({ head, proofs });
  }
}
