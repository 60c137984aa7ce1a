import { type Encounter, type Immunization } from '@medplum/fhirtypes';

import { isoDate, parseIsoDate } from '../calendar.js';
import { ENCOUNTERS } from '../clinical/care.js';
import { SYSTEMS } from '../clinical/concept.js';
import { type EncounterFact, type ImmunizationFact } from '../clinical/fact.js';
import { type ChartContext, codeable, metaOf } from './context.js';

/** US Core 6.1.0 Encounter, over and done. */
export function encounter(fact: EncounterFact, context: ChartContext, n: number): Encounter {
  const { class: encounterClass, type } = ENCOUNTERS[fact.type];
  return {
    resourceType: 'Encounter',
    id: context.id(n),
    meta: metaOf('us-core-encounter', fact.on, fact.sensitivity),
    status: 'finished',
    class: { system: SYSTEMS.actCode, ...encounterClass },
    type: [codeable(type)],
    subject: { reference: `Patient/${context.patientId}` },
    participant: [{ individual: context.practitioner(n) }],
    period: { start: `${fact.on}T09:00:00Z`, end: `${isoDate(parseIsoDate(fact.on) + fact.days)}T11:30:00Z` },
    ...(fact.reason === undefined ? {} : { reasonCode: [codeable(fact.reason)] }),
    serviceProvider: { reference: 'Organization/org', display: context.hospitalName },
  };
}

/** US Core 6.1.0 Immunization. */
export function immunization(fact: ImmunizationFact, context: ChartContext, n: number): Immunization {
  return {
    resourceType: 'Immunization',
    id: context.id(n),
    meta: metaOf('us-core-immunization', fact.on, fact.sensitivity),
    status: 'completed',
    vaccineCode: codeable(fact.vaccine),
    patient: { reference: `Patient/${context.patientId}` },
    occurrenceDateTime: fact.on,
    primarySource: true,
  };
}
