import { type Condition, type Device, type Procedure } from '@medplum/fhirtypes';

import { type ConditionFact, type ImplantFact, type ProcedureFact } from '../clinical/fact.js';
import { type ChartContext, codeable, coded, metaOf } from './context.js';

const CLINICAL = 'http://terminology.hl7.org/CodeSystem/condition-clinical';
const VERIFICATION = 'http://terminology.hl7.org/CodeSystem/condition-ver-status';
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/condition-category';

/** US Core 6.1.0 Condition, of the problem list or of an encounter. */
export function condition(fact: ConditionFact, context: ChartContext, n: number): Condition {
  const isProblem = fact.category === 'problem-list-item';
  const profile = isProblem ? 'us-core-condition-problems-health-concerns' : 'us-core-condition-encounter-diagnosis';
  return {
    resourceType: 'Condition',
    id: context.id(n),
    meta: metaOf(profile, fact.on, fact.sensitivity),
    clinicalStatus: coded(CLINICAL, fact.clinical),
    verificationStatus: coded(VERIFICATION, fact.verification),
    category: [coded(CATEGORY, fact.category, isProblem ? 'Problem List Item' : 'Encounter Diagnosis')],
    code: codeable(fact.concept),
    subject: { reference: `Patient/${context.patientId}` },
    onsetDateTime: fact.onset,
    ...(fact.clinical === 'resolved' ? { abatementDateTime: fact.on } : {}),
    recordedDate: fact.on,
    recorder: context.practitioner(n),
  };
}

/** US Core 6.1.0 Implantable Device, without a UDI carrier where the record has only a serial number. */
export function device(fact: ImplantFact, context: ChartContext, n: number): Device {
  return {
    resourceType: 'Device',
    id: context.id(n),
    meta: metaOf('us-core-implantable-device', fact.on, fact.sensitivity),
    status: fact.status,
    serialNumber: fact.serial,
    deviceName: [{ name: fact.name, type: 'user-friendly-name' }],
    type: codeable(fact.concept),
    patient: { reference: `Patient/${context.patientId}` },
  };
}

/** US Core 6.1.0 Procedure. */
export function procedure(fact: ProcedureFact, context: ChartContext, n: number): Procedure {
  return {
    resourceType: 'Procedure',
    id: context.id(n),
    meta: metaOf('us-core-procedure', fact.on, fact.sensitivity),
    status: 'completed',
    code: codeable(fact.concept),
    subject: { reference: `Patient/${context.patientId}` },
    performedDateTime: fact.on,
    performer: [{ actor: context.practitioner(n) }],
  };
}
