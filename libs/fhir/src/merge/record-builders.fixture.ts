import type { AllergyIntolerance, CodeableConcept, Condition, MedicationRequest, Patient } from '@medplum/fhirtypes';

import { systems } from '../terminology/code-systems.js';
import type { SourceAnswer } from './source-answer.js';

/** Builders for specs: the least a resource of a synthetic patient needs. */
export const PATIENT = { reference: 'Patient/p1' } as const;

const coded = (system: string, code: string, display?: string): CodeableConcept => ({
  coding: [{ system, code, ...(display !== undefined && { display }) }],
  ...(display !== undefined && { text: display }),
});

export const snomed = (code: string, display?: string): CodeableConcept => coded(systems.snomed, code, display);
export const rxnorm = (code: string, display?: string): CodeableConcept => coded(systems.rxnorm, code, display);
export const words = (text: string): CodeableConcept => ({ text });

export const allergyStatus = (code: string): CodeableConcept => coded(systems.allergyClinical, code);
export const verified = (code: string): CodeableConcept => coded(systems.allergyVerification, code);

export const allergy = (
  id: string,
  code: CodeableConcept,
  more: Partial<AllergyIntolerance> = {},
): AllergyIntolerance => ({
  resourceType: 'AllergyIntolerance',
  id,
  clinicalStatus: allergyStatus('active'),
  code,
  patient: PATIENT,
  ...more,
});

export const order = (
  id: string,
  medication: CodeableConcept,
  more: Partial<MedicationRequest> = {},
): MedicationRequest =>
  ({
    resourceType: 'MedicationRequest',
    id,
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: medication,
    subject: PATIENT,
    ...more,
  }) as MedicationRequest;

export const problem = (id: string, code: CodeableConcept, more: Partial<Condition> = {}): Condition => ({
  resourceType: 'Condition',
  id,
  clinicalStatus: coded(systems.conditionClinical, 'active'),
  code,
  subject: PATIENT,
  ...more,
});

export const patient = (id: string, more: Partial<Patient> = {}): Patient => ({ resourceType: 'Patient', id, ...more });

export const answer = (
  name: string,
  resources: readonly unknown[],
  more: Partial<SourceAnswer> = {},
): SourceAnswer => ({
  memberId: name.toLowerCase().replaceAll(/[^a-z]+/g, '-'),
  name,
  retrievedAt: '2026-03-01T08:00:00.000Z',
  patient: { records: [{ system: 'urn:oid:2.999.1', value: 'MRN-1', patientId: 'p1' }] },
  resources,
  ...more,
});
