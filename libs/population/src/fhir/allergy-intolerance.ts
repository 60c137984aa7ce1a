import { type AllergyIntolerance } from '@medplum/fhirtypes';

import { type AllergyFact } from '../clinical/fact.js';
import { type ChartContext, codeable, coded, metaOf } from './context.js';

const CLINICAL = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical';
const VERIFICATION = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification';

/** US Core 6.1.0 AllergyIntolerance. An entry made in error has no clinical status (FHIR invariant ait-2). */
export function allergyIntolerance(fact: AllergyFact, context: ChartContext, n: number): AllergyIntolerance {
  const { verification, reaction } = fact;
  return {
    resourceType: 'AllergyIntolerance',
    id: context.id(n),
    meta: metaOf('us-core-allergyintolerance', fact.on, fact.sensitivity),
    ...(verification === 'entered-in-error' ? {} : { clinicalStatus: coded(CLINICAL, fact.clinical ?? 'active') }),
    verificationStatus: coded(VERIFICATION, verification),
    ...(fact.category === undefined ? {} : { type: 'allergy', category: [fact.category] }),
    ...(fact.criticality === undefined ? {} : { criticality: fact.criticality }),
    code: codeable(fact.substance),
    patient: { reference: `Patient/${context.patientId}` },
    recordedDate: fact.on,
    recorder: context.practitioner(n),
    ...(reaction === undefined
      ? {}
      : {
          reaction: [
            {
              manifestation: reaction.manifestations.map((code) => ({ coding: [{ ...code }], text: code.display })),
              ...(reaction.text === undefined ? {} : { description: reaction.text }),
              ...(reaction.severity === undefined ? {} : { severity: reaction.severity }),
            },
          ],
        }),
    ...(fact.note === undefined ? {} : { note: [{ text: fact.note }] }),
  } as AllergyIntolerance;
}
