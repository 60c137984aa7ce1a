import { type Organization, type Practitioner, type Reference } from '@medplum/fhirtypes';

import { type Hospital } from '../registration/hospital.js';
import { TEST_DATA } from './context.js';

const NAMES = [
  ['Okafor', 'Ngozi'],
  ['Lindqvist', 'Maja'],
  ['Herrera', 'Tomás'],
  ['Whitfield', 'Carol'],
  ['Banerjee', 'Anil'],
  ['Sato', 'Kenji'],
] as const;

/** How many practitioners each hospital has. */
export const PRACTITIONERS = NAMES.length;

/** The practitioner who did the `n`th thing of a chart. */
export function practitionerReference(n: number): Reference<Practitioner> {
  const [family, given] = NAMES[n % PRACTITIONERS] ?? NAMES[0];
  return { reference: `Practitioner/practitioner-${(n % PRACTITIONERS) + 1}`, display: `${given} ${family}, MD` };
}

/** The Organization and the Practitioners that a hospital's other resources refer to. */
export function hospitalResources(hospital: Hospital): readonly [Organization, ...Practitioner[]] {
  const organization: Organization = {
    resourceType: 'Organization',
    id: 'org',
    meta: {
      profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-organization'],
      security: [{ ...TEST_DATA }],
    },
    identifier: [{ system: hospital.identifierSystem, value: hospital.id }],
    active: true,
    name: hospital.name,
  };
  const practitioners = NAMES.map(([family, given], i): Practitioner => ({
    resourceType: 'Practitioner',
    id: `practitioner-${i + 1}`,
    meta: {
      profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitioner'],
      security: [{ ...TEST_DATA }],
    },
    identifier: [{ system: `${hospital.identifierSystem}.9`, value: `S${i + 1}` }],
    name: [{ family, given: [given], suffix: ['MD'] }],
  }));
  return [organization, ...practitioners];
}
