import { PinoLogger } from '@hie/service-kit';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

import { Sequencer } from '../append-event/sequencer.js';

/**
 * The operator's command to begin a new shard before its half-year: SIGUSR2 to the sequencer's process (`kill -USR2`). Who may send it may
 * also end the process; what it does stands in both logs.
 */
@Injectable()
export class HandOverSignal implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly handOver = (): void => {
    // A hand-over that fails ends the process, as a batch that fails does.
    this.sequencer.handOver().catch((error: unknown) => this.logger.error({ err: error }, 'shard not handed over'));
  };

  constructor(
    private readonly sequencer: Sequencer,
    private readonly logger: PinoLogger,
  ) {}

  onApplicationBootstrap(): void {
    process.on('SIGUSR2', this.handOver);
  }

  onApplicationShutdown(): void {
    process.off('SIGUSR2', this.handOver);
  }
}
