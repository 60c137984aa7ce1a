import { type StandingChanged, consentStandingChanged, identityStandingChanged } from '@hie/contracts';
import { Consumes, type Received } from '@hie/messaging';
import { Controller } from '@nestjs/common';

import { PersonStandings } from './person-standings.js';

/** The Kafka edge of the persons' standings. */
@Controller()
export class PersonStandingsConsumer {
  constructor(private readonly standings: PersonStandings) {}

  @Consumes(consentStandingChanged, { delivery: 'table' })
  onConsentStandingChanged({ body }: Received<StandingChanged>): void {
    this.standings.applyConsent(body);
  }

  @Consumes(identityStandingChanged, { delivery: 'table' })
  onIdentityStandingChanged({ body }: Received<StandingChanged>): void {
    this.standings.applyIdentity(body);
  }
}
