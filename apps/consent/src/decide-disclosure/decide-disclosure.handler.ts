import {
  type DecisionBasis,
  type DisclosureDecided,
  type DisclosureDecision,
  type PatientIdentified,
  disclosureDecided,
} from '@hie/contracts';
import {
  type Disclosure,
  type DisclosureRequest,
  decideDisclosure,
  decidedUntil,
  defaultPolicy,
} from '@hie/consent-policy';
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
    const asked = [...idsOf(body), ...candidates.map(({ personId }) => personId)];
    const { identityEpoch } = body;
    const basis = asked.length === 0 ? undefined : this.basisOf(asked, claims, at);
    const decided: DisclosureDecided = {
      ...body,
      candidates,
      decision: { ...decision, ...(basis === undefined ? {} : { basis: { ...basis, identityEpoch } }) },
    };
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

  /** What whoever releases must find unchanged. */
  private basisOf(personIds: readonly string[], claims: TransactionClaims, at: number): DecisionBasis {
    const until = decidedUntil(requestOf(claims, at), this.directives.of(personIds));
    return {
      consentEpochs: Object.fromEntries(personIds.map((id) => [id, this.directives.epochOf(id)])),
      ...(until === undefined ? {} : { until }),
    };
  }

  private disclosure(personIds: readonly string[], claims: TransactionClaims, at: number): Disclosure {
    return decideDisclosure(requestOf(claims, at), defaultPolicy, this.directives.of(personIds));
  }
}

const requestOf = ({ tctx }: TransactionClaims, at: number): DisclosureRequest => ({
  purpose: tctx.purp,
  recipient: tctx.org,
  at,
});

/** Every id under which the identified person's word may stand. */
const idsOf = ({ identity }: PatientIdentified): readonly string[] =>
  identity.outcome === 'certain' ? [identity.personId, ...identity.formerPersonIds] : [];

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
