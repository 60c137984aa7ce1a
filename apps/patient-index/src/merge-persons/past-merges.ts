import { UnitOfWork } from '@hie/persistence';
import { Injectable } from '@nestjs/common';

import { IdentityAnnouncer } from '../identity-store/identity.announcer.js';
import { IdentityEventRepository } from '../identity-store/identity-event.repository.js';

/** Tells of everybody who was ever merged: two people decide on each, so they are few, and whoever listens may have begun to after them. */
@Injectable()
export class PastMerges {
  constructor(
    private readonly events: IdentityEventRepository,
    private readonly announcer: IdentityAnnouncer,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async tell(): Promise<void> {
    const merges = await this.events.merges();
    if (merges.length === 0) return;
    const records = await this.announcer.merged([...new Set(merges.map(({ personId }) => personId))], merges);
    await this.unitOfWork.run(({ announce }) => announce(records));
  }
}
