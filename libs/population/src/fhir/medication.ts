import { type MedicationRequest, type MedicationStatement } from '@medplum/fhirtypes';

import { type MedicationFact } from '../clinical/fact.js';
import { type ChartContext, codeable, coded, metaOf } from './context.js';

const CATEGORY = 'http://terminology.hl7.org/CodeSystem/medicationrequest-category';

/**
 * US Core 6.1.0 MedicationRequest: `intent` is order for what was prescribed here and plan, with `reported`, for what the patient says
 * (US Core medication list guidance).
 */
export function medicationRequest(fact: MedicationFact, context: ChartContext, n: number): MedicationRequest {
  const isReported = fact.as === 'reported';
  return {
    resourceType: 'MedicationRequest',
    id: context.id(n),
    meta: metaOf('us-core-medicationrequest', fact.on, fact.sensitivity),
    status: fact.status,
    ...(fact.stoppedBecause === undefined ? {} : { statusReason: { text: fact.stoppedBecause } }),
    intent: isReported ? 'plan' : 'order',
    category: [coded(CATEGORY, 'community', 'Community')],
    reportedBoolean: isReported,
    medicationCodeableConcept: codeable(fact.drug),
    subject: { reference: `Patient/${context.patientId}` },
    authoredOn: fact.on,
    requester: isReported ? { reference: `Patient/${context.patientId}` } : context.practitioner(n),
    ...(fact.reason === undefined ? {} : { reasonCode: [codeable(fact.reason)] }),
    dosageInstruction: [{ text: fact.sig }],
  };
}

/** A base R4 MedicationStatement (US Core 6.1.0 has no profile of it): what is taken, said by somebody else than the prescriber. */
export function medicationStatement(fact: MedicationFact, context: ChartContext, n: number): MedicationStatement {
  return {
    resourceType: 'MedicationStatement',
    id: context.id(n),
    meta: metaOf(undefined, fact.on, fact.sensitivity),
    status: fact.status,
    ...(fact.stoppedBecause === undefined ? {} : { statusReason: [{ text: fact.stoppedBecause }] }),
    medicationCodeableConcept: codeable(fact.drug),
    subject: { reference: `Patient/${context.patientId}` },
    effectivePeriod: { start: fact.on },
    dateAsserted: fact.on,
    ...(fact.reason === undefined ? {} : { reasonCode: [codeable(fact.reason)] }),
    dosage: [{ text: fact.sig }],
  };
}
