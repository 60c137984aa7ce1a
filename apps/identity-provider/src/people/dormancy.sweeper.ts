import { AuditTrail } from '@hie/messaging';
import { PinoLogger } from '@hie/service-kit';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, LessThanOrEqual, Not } from 'typeorm';

import { Clock } from './clock.js';
import { DORMANT_AFTER_DAYS } from './decide-account.js';
import { PersonEntity } from './person.entity.js';
import { endSessions } from './sessions.js';

const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Disables the accounts that nobody has used for ninety days. A sign-in is refused from then on even before this has run. */
@Injectable()
export class DormancySweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly trail: AuditTrail,
    private readonly logger: PinoLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.sweep().catch((error: unknown) => this.logger.warn({ err: error }, 'dormant accounts not disabled'));
    }, EVERY_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** @returns whom it has disabled. */
  async sweep(): Promise<readonly string[]> {
    const before = new Date(this.clock.now().getTime() - DORMANT_AFTER_DAYS * DAY_MS);
    const people = this.source.getRepository(PersonEntity);
    const dormant = await people.findBy({ status: Not('disabled'), lastActiveAt: LessThanOrEqual(before) });
    for (const { personId, memberId } of dormant) {
      await this.source.transaction(async (manager) => {
        await manager.update(PersonEntity, { personId }, { status: 'disabled', disabledReason: 'dormant' });
        await endSessions(manager, personId);
      });
      const facts = { action: 'person.disabled', outcome: 'success', reason: 'dormant' } as const;
      await this.trail.record({ ...facts, details: { person: personId, member: memberId } }, {});
    }
    return dormant.map(({ personId }) => personId);
  }
}
