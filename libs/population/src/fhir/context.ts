import { type CodeableConcept, type Coding, type Meta, type Practitioner, type Reference } from '@medplum/fhirtypes';

import { type Concept, SYSTEMS } from '../clinical/concept.js';
import { type Sensitivity } from '../clinical/fact.js';

/** What every resource of one patient at one hospital needs to know. */
export interface ChartContext {
  /** FHIR id of the Patient at this hospital: its local number. */
  readonly patientId: string;
  readonly hospitalName: string;
  /** FHIR id for the `n`th thing of this chart; unique in the hospital whatever the type. */
  readonly id: (n: number) => string;
  /** The practitioner who did the `n`th thing. */
  readonly practitioner: (n: number) => Reference<Practitioner>;
}

/** All generated data is labelled as test data: ActReason HTEST, as HL7's security labels and DS4P ask. */
export const TEST_DATA: Coding = { system: SYSTEMS.actReason, code: 'HTEST', display: 'test health data' };

const SENSITIVITY_LABELS: Readonly<Record<Sensitivity, readonly Coding[]>> = {
  'substance-use': [
    { system: SYSTEMS.actCode, code: 'ETH', display: 'substance abuse information sensitivity' },
    { system: SYSTEMS.actCode, code: '42CFRPart2', display: '42 CFR Part2' },
  ],
  hiv: [{ system: SYSTEMS.actCode, code: 'HIV', display: 'HIV/AIDS information sensitivity' }],
  'mental-health': [{ system: SYSTEMS.actCode, code: 'PSY', display: 'psychiatry disorder information sensitivity' }],
};

/**
 * `meta` of a resource: profile, the day it was recorded, and its security labels: HTEST, exactly one confidentiality code (DS4P), and the
 * sensitivity codes of what is specially protected (confidentiality R).
 */
export function metaOf(profile: string | undefined, on: string, sensitivity?: Sensitivity): Meta {
  const confidentiality: Coding = sensitivity
    ? { system: SYSTEMS.confidentiality, code: 'R', display: 'restricted' }
    : { system: SYSTEMS.confidentiality, code: 'N', display: 'normal' };
  return {
    lastUpdated: `${on}T12:00:00Z`,
    ...(profile === undefined ? {} : { profile: [`http://hl7.org/fhir/us/core/StructureDefinition/${profile}`] }),
    security: [confidentiality, ...(sensitivity ? SENSITIVITY_LABELS[sensitivity] : []), TEST_DATA],
  };
}

/** A concept as FHIR writes it. */
export function codeable({ text, codes }: Concept): CodeableConcept {
  return { coding: codes.map((code) => ({ ...code })), text };
}

/** A single code of a system as a CodeableConcept. */
export function coded(system: string, code: string, display?: string): CodeableConcept {
  return { coding: [{ system, code, ...(display === undefined ? {} : { display }) }] };
}
