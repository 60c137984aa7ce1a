import { FileKeyring, PinoLogger } from '@hie/service-kit';
import { Injectable, type OnModuleInit } from '@nestjs/common';

import { DirectiveTable } from './directive-table.js';

/** Once a member's wrapping key is destroyed, what it filed is not kept in memory either. */
@Injectable()
export class ForgottenMembers implements OnModuleInit {
  constructor(
    private readonly keyring: FileKeyring,
    private readonly table: DirectiveTable,
    private readonly logger: PinoLogger,
  ) {}

  onModuleInit(): void {
    this.keyring.members.onDestroyed(() => {
      this.table.load().catch((error: unknown) => this.logger.error({ err: error }, 'directives not read again'));
    });
  }
}
