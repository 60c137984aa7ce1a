import {
  type DisclosureDecided,
  type DisclosureDecision,
  type PatientIdentified,
  disclosureDecided,
} from '@hie/contracts';
import { type Disclosure, decideDisclosure, defaultPolicy } from '@hie/consent-policy';
import { type AuditFacts, type HopResult, emission } from '@hie/messaging';
import type { TransactionClaims } from '@hie/purpose-of-use';
import { Injectable } from '@nestjs/common';

import { DirectiveTable } from '../directives/directive-table.js';

/** The rule's name where nobody was identified: there is nobody whose word could be asked. */
const NOBODY = 'no-certain-patient';
/** The rule's name where the glass is to be broken and nobody has said why. */
const NO_CASE = 'break-glass.no-case';

/** Decides what may be disclosed. The decision is `decideDisclosure` of `@hie/consent-policy`; this class knows whose word to ask for. */
@Injectable()
export class DecideDisclosureHandler {
  constructor(private readonly directives: DirectiveTable) {}

  /** @param isReasonMissing whether the glass is to be broken without a case on file: that is denied, whatever the policy. */
  handle(body: PatientIdentified, claims: TransactionClaims, at: number, isReasonMissing = false): HopResult {
    const decision = isReasonMissing ? denial(NO_CASE) : this.decide(body, claims, at);
    const candidates = isReasonMissing
      ? []
      : body.candidates.filter(({ personId }) => this.disclosure([personId], claims, at).effect === 'permit');
    const decided: DisclosureDecided = { ...body, candidates, decision };
    return {
      emit: [emission(disclosureDecided, decided, { decision: decision.effect })],
      audit: [auditOf(body, decision, body.candidates.length - candidates.length)],
    };
  }

  private decide({ identity }: PatientIdentified, claims: TransactionClaims, at: number): DisclosureDecision {
    if (identity.outcome !== 'certain') return denial(NOBODY);
    const disclosure = this.disclosure([identity.personId, ...identity.formerPersonIds], claims, at);
    const { effect, rule, consentVersion, withholdLabels, mayTellWithheld, excludeCustodians } = disclosure;
    return {
      effect,
      rule,
      ...(consentVersion === undefined ? {} : { consentVersion }),
      obligations: {
        withholdLabels: [...withholdLabels],
        mayTellWithheld,
        excludeMembers: [...excludeCustodians],
      },
    };
  }

  private disclosure(personIds: readonly string[], { tctx }: TransactionClaims, at: number): Disclosure {
    const request = { purpose: tctx.purp, recipient: tctx.org, at };
    return decideDisclosure(request, defaultPolicy, this.directives.of(personIds));
  }
}

const denial = (rule: string): DisclosureDecision => ({
  effect: 'deny',
  rule,
  obligations: { withholdLabels: [], mayTellWithheld: false, excludeMembers: [] },
});

function auditOf({ identity }: PatientIdentified, decision: DisclosureDecision, hidden: number): AuditFacts {
  const outcome = decision.effect === 'permit' ? 'success' : decision.rule === NOBODY ? 'empty' : 'denied';
  return {
    action: 'disclosure.decided',
    outcome,
    reason: decision.rule,
    details: {
      policy: defaultPolicy.version,
      withheldLabels: decision.obligations.withholdLabels.length,
      hiddenCandidates: hidden,
      ...(decision.consentVersion === undefined ? {} : { consentVersion: decision.consentVersion }),
    },
    ...(identity.outcome === 'certain' ? { personId: identity.personId } : {}),
  };
}
