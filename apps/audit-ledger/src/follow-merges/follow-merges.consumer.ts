import { type PersonMerged, personMerged } from '@hie/contracts';
import { Consumes, type HopResult, type Received, effect } from '@hie/messaging';
import { Controller } from '@nestjs/common';

import { PatientKeys } from '../patient-keys/patient-keys.js';
import { upsertStandings } from './person-standings.js';

/** The Kafka edge of `follow-merges`: patient-index says whose entries are whose. */
@Controller()
export class FollowMergesConsumer {
  constructor(private readonly keys: PatientKeys) {}

  @Consumes(personMerged)
  onPersonMerged({ body }: Received<PersonMerged>): Promise<HopResult> {
    const person = this.keys.hashOf(body.personId);
    const standings = body.stoodUnder.map(({ personId, since, until }) => ({
      ...{ person, survivor: this.keys.hashOf(personId), since: new Date(since) },
      until: until === undefined ? null : new Date(until),
    }));
    return Promise.resolve({ emit: [], audit: [], effect: effect(upsertStandings, standings) });
  }
}
