import { promisify } from 'node:util';

import { type Reachability, SERVICE_CONFIG, reachability } from '@hie/service-kit';
import { Inject, Injectable } from '@nestjs/common';

import type { ParticipantsConfig } from '../participants.config.js';

/**
 * Where an endpoint may lead: not inside, whatever it is called.
 *
 * A name is looked up when it is registered, and again by whoever connects to it, since what a name stands for may change. One that
 * can not be looked up now may be registered: the network is not asked for permission, and nothing is connected to.
 */
@Injectable()
export class ReachableEndpoints {
  private readonly networks: Reachability;

  constructor(@Inject(SERVICE_CONFIG) { MEMBER_NETWORKS }: ParticipantsConfig) {
    this.networks = reachability(MEMBER_NETWORKS);
  }

  /** Whether every URL's host may be asked. */
  async allow(endpoints: readonly string[]): Promise<boolean> {
    const allowed = await Promise.all(endpoints.map((endpoint) => this.allows(new URL(endpoint).hostname)));
    return allowed.every(Boolean);
  }

  private async allows(host: string): Promise<boolean> {
    if (!this.networks.isHostAllowed(host)) return false;
    try {
      await promisify(this.networks.lookup)(host.replace(/^\[|\]$/g, ''));
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'EHIEUNREACHABLE';
    }
  }
}
