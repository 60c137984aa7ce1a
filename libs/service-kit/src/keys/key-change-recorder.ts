import { AuditTrail } from '@hie/messaging';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';

import { FileKeyring } from './file-keyring.js';

/** Tells the ledger which keys a service has taken: the use and the ids of its keys, the one that signs first. */
@Injectable()
export class KeyChangeRecorder implements OnModuleInit {
  constructor(
    private readonly keyring: FileKeyring,
    private readonly trail: AuditTrail,
    private readonly logger: PinoLogger,
  ) {}

  onModuleInit(): void {
    this.keyring.onChange((changed) => {
      for (const keys of changed) {
        this.trail
          .record({ action: 'keys.changed', outcome: 'success', details: { keys } }, {})
          .catch((error: unknown) => this.logger.error({ err: error }, 'change of keys not recorded'));
      }
    });
  }
}
