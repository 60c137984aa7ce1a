import { FileKeyring, PinoLogger } from '@hie/service-kit';
import { Injectable, type OnModuleInit } from '@nestjs/common';

import { WriterSeat } from '../follow-writer/writer-seat.js';
import { IdentityBuilder } from './identity-builder.js';

/** Once a member's wrapping key is destroyed, its records leave the memory of each instance too. */
@Injectable()
export class ForgottenMembers implements OnModuleInit {
  constructor(
    private readonly keyring: FileKeyring,
    private readonly builder: IdentityBuilder,
    private readonly seat: WriterSeat,
    private readonly logger: PinoLogger,
  ) {}

  onModuleInit(): void {
    this.keyring.members.onDestroyed((memberId) => {
      this.seat
        .inTurn(() => this.builder.forget(memberId))
        .then((records) => this.logger.info({ memberId, records }, 'member forgotten'))
        .catch((error: unknown) => this.logger.error({ err: error }, 'member not forgotten; the next start does it'));
    });
  }
}
