import { z } from 'zod';

/** The kinds of record that are asked for, as FHIR R4 resource types. */
export const recordKinds = [
  'AllergyIntolerance',
  'MedicationRequest',
  'MedicationStatement',
  'Condition',
  'Device',
  'Consent',
  'Encounter',
  'Immunization',
  'DiagnosticReport',
  'Observation',
  'Procedure',
  'DocumentReference',
] as const;

export type RecordKind = (typeof recordKinds)[number];
export const recordKindSchema = z.enum(recordKinds);

/**
 * What a clinician must see first: allergies, medications, problems, implants, advance directives. The last stand as Consents and, in
 * most systems, as scanned documents: of DocumentReference only those types belong to the critical set (`searchesOf` in `@hie/fhir`).
 */
export const criticalKinds: readonly RecordKind[] = [
  'AllergyIntolerance',
  'MedicationRequest',
  'MedicationStatement',
  'Condition',
  'Device',
  'Consent',
  'DocumentReference',
];
