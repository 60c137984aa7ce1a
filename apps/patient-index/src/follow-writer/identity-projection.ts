import { ReadinessRegistry } from '@hie/service-kit';
import { Injectable, type OnModuleInit } from '@nestjs/common';

import { IdentityBuilder } from '../identity-store/identity-builder.js';
import { StandingDecisions } from '../identity-store/standing-decisions.js';
import { IdentityFollower } from './identity-follower.js';
import { IndexFreshness } from './index-freshness.js';
import { SeatHolder } from './seat-holder.js';

/**
 * Has the in-memory index built at start, from its snapshot or the tables, and then from the tail of the events, before this instance joins
 * the others: until it has caught up it is asked nothing, and afterwards it is not ready while it is behind.
 */
@Injectable()
export class IdentityProjection implements OnModuleInit {
  private isBuilt = false;

  constructor(
    private readonly builder: IdentityBuilder,
    private readonly decisions: StandingDecisions,
    private readonly follower: IdentityFollower,
    private readonly freshness: IndexFreshness,
    holder: SeatHolder,
    readiness: ReadinessRegistry,
  ) {
    readiness.add('identity index', () => this.isBuilt);
    readiness.add('identity index behind', () => this.freshness.ensure().then(yes, no));
    readiness.add('writer of the identity index', () => holder.isSettled);
  }

  async onModuleInit(): Promise<void> {
    await this.follower.begin();
    await this.builder.build();
    await this.decisions.load(this.follower.position);
    await this.follower.catchUp();
    await this.freshness.confirm();
    this.freshness.start();
    this.isBuilt = true;
  }
}

const yes = (): boolean => true;
const no = (): boolean => false;
