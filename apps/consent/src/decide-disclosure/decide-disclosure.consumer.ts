import { type PatientIdentified, patientIdentified } from '@hie/contracts';
import { Consumes, type HopResult, type Received, effect } from '@hie/messaging';
import { hopScopes, purposes } from '@hie/purpose-of-use';
import { Serves } from '@hie/service-kit';
import { Controller } from '@nestjs/common';

import { BreakGlassHandler } from '../break-glass/break-glass.handler.js';
import { noteGlassPersons } from '../break-glass/break-glass-link.entity.js';
import { DecideDisclosureHandler } from './decide-disclosure.handler.js';

/** The Kafka edge of `decide-disclosure`. */
@Controller()
export class DecideDisclosureConsumer {
  constructor(
    private readonly handler: DecideDisclosureHandler,
    private readonly breakGlass: BreakGlassHandler,
  ) {}

  // Every purpose is served here, because what each may see is what this hop decides.
  @Consumes(patientIdentified)
  @Serves({ purposes, scopes: [hopScopes.match, hopScopes.retrieve] })
  async onPatientIdentified({ body, scope }: Received<PatientIdentified>): Promise<HopResult> {
    if (scope === undefined) throw new RangeError('A transaction’s message came without its scope.');
    const { claims } = scope;
    // Only a broken glass has a case to be looked for; no other query waits for a table here.
    const isReasonMissing = claims.tctx.purp === 'BTG' && !(await this.breakGlass.hasCase(claims));
    const result = this.handler.handle(body, claims, Date.now(), isReasonMissing);
    const { identity, txn } = body;
    if (claims.tctx.purp !== 'BTG' || identity.outcome !== 'certain') return result;
    return { ...result, effect: effect(noteGlassPersons, { txn, personId: identity.personId }) };
  }
}
