import { AuditTrail } from '@hie/messaging';
import { MemberKeys } from '@hie/persistence';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';

import { FileKeyring } from './file-keyring.js';

/**
 * Wraps the members' data keys anew when the key that wraps them has changed: at the start, and while the service runs.
 *
 * Once the ledger has been told, nothing is under the former key any more, and it may be destroyed.
 */
@Injectable()
export class MemberKeyRewrapper implements OnApplicationBootstrap, OnApplicationShutdown {
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly keys: MemberKeys,
    private readonly keyring: FileKeyring,
    private readonly trail: AuditTrail,
    private readonly logger: PinoLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.begin();
    this.keyring.onChange(() => this.begin());
  }

  async onApplicationShutdown(): Promise<void> {
    await this.running;
  }

  private begin(): void {
    this.running = this.running.then(() => this.rewrap());
  }

  private async rewrap(): Promise<void> {
    if (this.keyring.wrappingKeys().length === 1) return;
    try {
      const count = await this.keys.rewrap();
      await this.trail.record({ action: 'keys.rewrapped', outcome: 'success', details: { count } }, {});
    } catch (error) {
      this.logger.error({ err: error }, 'data keys not wrapped anew');
    }
  }
}
