import type { ObjectStore } from '@hie/messaging';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';

import { OBJECT_STORE } from '../exchange/tokens.js';

const SWEEP_EVERY_MS = 10 * 60_000;

/** Removes large bodies whose messages are gone, at the start and every ten minutes; every instance of every service does. */
@Injectable()
export class ObjectSweeper implements OnModuleInit, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    private readonly logger: PinoLogger,
  ) {}

  /** A store that does not answer keeps no service from starting. */
  onModuleInit(): void {
    this.begin();
    this.timer = setInterval(() => this.begin(), SWEEP_EVERY_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  private begin(): void {
    this.sweeping = this.sweeping.then(() => this.sweep());
  }

  private async sweep(): Promise<void> {
    try {
      await this.store.sweep(Date.now());
    } catch (error) {
      this.logger.warn({ err: error }, 'large bodies not swept');
    }
  }
}
