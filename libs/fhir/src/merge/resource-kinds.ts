import type { CodeableConcept, Reference } from '@medplum/fhirtypes';

import { isAdvanceDirectiveType } from '../ask/record-searches.js';
import { systems } from '../terminology/code-systems.js';
import { concept, dosage, identifier, list, object, period, quantity, reference, type Shape } from './element-shape.js';
import type { ApartItem, ClinicalResource, OtherKind } from './merged-record.js';

/** How one resource type is read. */
export interface ResourceKind {
  /** Element that says whose it is. */
  readonly subject: 'patient' | 'subject';
  /** A fault in one of these refuses the resource: without them it can't be shown for what it is. */
  readonly essential: Readonly<Record<string, Shape>>;
  /** A fault in one of these costs that element only. */
  readonly further: Readonly<Record<string, Shape>>;
  /** Elements, in order of preference, that say when it was recorded. */
  readonly recordedAt: readonly string[];
}

const status = { status: 'string' } as const satisfies Record<string, Shape>;
const common = {
  contained: list(object({ resourceType: 'string', id: 'string' })),
  note: list(object({ text: 'string' })),
} as const;
const performed = { performedDateTime: 'string', performedPeriod: period } as const;
const effective = { effectiveDateTime: 'string', effectivePeriod: period, issued: 'string' } as const;
const medication = { medicationCodeableConcept: concept, medicationReference: reference } as const;

/** The types that are merged; any other is refused as `unsupported-type`. */
export const resourceKinds: Readonly<Record<ClinicalResource['resourceType'], ResourceKind>> = {
  AllergyIntolerance: {
    subject: 'patient',
    essential: { code: concept, verificationStatus: concept },
    further: {
      ...common,
      clinicalStatus: concept,
      criticality: 'string',
      type: 'string',
      category: list('string'),
      onsetDateTime: 'string',
      recordedDate: 'string',
      lastOccurrence: 'string',
      reaction: list(
        object({
          substance: concept,
          manifestation: list(concept),
          severity: 'string',
          description: 'string',
          onset: 'string',
        }),
      ),
    },
    recordedAt: ['recordedDate', 'onsetDateTime'],
  },
  MedicationRequest: {
    subject: 'subject',
    essential: { ...status, ...medication, doNotPerform: 'boolean' },
    further: {
      ...common,
      intent: 'string',
      authoredOn: 'string',
      dosageInstruction: list(dosage),
      reportedBoolean: 'boolean',
    },
    recordedAt: ['authoredOn'],
  },
  MedicationStatement: {
    subject: 'subject',
    essential: { ...status, ...medication },
    further: {
      ...common,
      effectiveDateTime: 'string',
      effectivePeriod: period,
      dateAsserted: 'string',
      dosage: list(dosage),
    },
    recordedAt: ['dateAsserted', 'effectiveDateTime'],
  },
  Condition: {
    subject: 'subject',
    essential: { code: concept, verificationStatus: concept },
    further: {
      ...common,
      clinicalStatus: concept,
      category: list(concept),
      severity: concept,
      onsetDateTime: 'string',
      onsetPeriod: period,
      onsetString: 'string',
      abatementDateTime: 'string',
      recordedDate: 'string',
    },
    recordedAt: ['recordedDate', 'onsetDateTime'],
  },
  Device: {
    subject: 'patient',
    essential: { ...status, type: concept },
    further: {
      ...common,
      udiCarrier: list(object({ deviceIdentifier: 'string', carrierHRF: 'string' })),
      distinctIdentifier: 'string',
      serialNumber: 'string',
      lotNumber: 'string',
      manufacturer: 'string',
      manufactureDate: 'string',
      expirationDate: 'string',
      modelNumber: 'string',
      deviceName: list(object({ name: 'string', type: 'string' })),
    },
    recordedAt: ['manufactureDate'],
  },
  Consent: {
    subject: 'patient',
    essential: { ...status, scope: concept, category: list(concept) },
    further: {
      ...common,
      dateTime: 'string',
      policyRule: concept,
      sourceAttachment: object({ contentType: 'string', url: 'string', title: 'string' }),
    },
    recordedAt: ['dateTime'],
  },
  DocumentReference: {
    subject: 'subject',
    essential: { ...status, type: concept, category: list(concept) },
    further: {
      ...common,
      date: 'string',
      description: 'string',
      masterIdentifier: identifier,
      content: list(
        object({ attachment: object({ contentType: 'string', url: 'string', title: 'string', hash: 'string' }) }),
      ),
    },
    recordedAt: ['date'],
  },
  Immunization: {
    subject: 'patient',
    essential: { ...status, vaccineCode: concept },
    further: {
      ...common,
      occurrenceDateTime: 'string',
      occurrenceString: 'string',
      recorded: 'string',
      lotNumber: 'string',
      site: concept,
    },
    recordedAt: ['recorded', 'occurrenceDateTime'],
  },
  Procedure: {
    subject: 'subject',
    essential: { ...status, code: concept },
    further: { ...common, ...performed, performedString: 'string', bodySite: list(concept) },
    recordedAt: ['performedDateTime'],
  },
  Observation: {
    subject: 'subject',
    essential: { ...status, code: concept },
    further: {
      ...common,
      ...effective,
      category: list(concept),
      valueQuantity: quantity,
      valueCodeableConcept: concept,
      valueString: 'string',
      valueInteger: 'number',
      valueBoolean: 'boolean',
      interpretation: list(concept),
      component: list(
        object({ code: concept, valueQuantity: quantity, valueCodeableConcept: concept, valueString: 'string' }),
      ),
      hasMember: list(reference),
    },
    recordedAt: ['issued', 'effectiveDateTime'],
  },
  DiagnosticReport: {
    subject: 'subject',
    essential: { ...status, code: concept },
    further: { ...common, ...effective, category: list(concept), conclusion: 'string', result: list(reference) },
    recordedAt: ['issued', 'effectiveDateTime'],
  },
  Encounter: {
    subject: 'subject',
    essential: { ...status },
    further: { ...common, type: list(concept), period, class: object({ code: 'string', display: 'string' }) },
    recordedAt: [],
  },
};

export function isClinicalType(resourceType: string): resourceType is ClinicalResource['resourceType'] {
  return Object.hasOwn(resourceKinds, resourceType);
}

/** Whose the resource says it is. */
export function subjectOf(resource: ClinicalResource): Reference | undefined {
  return (resource as unknown as Readonly<Record<string, Reference | undefined>>)[
    resourceKinds[resource.resourceType].subject
  ];
}

/** The first code of a CodeableConcept in the given system. */
export function codeIn(concept: CodeableConcept | undefined, system: string): string | undefined {
  return concept?.coding?.find((one) => one.system === system)?.code;
}

/** Why a resource is shown apart, or `undefined` when it is part of the picture. */
export function apartReason(resource: ClinicalResource): ApartItem['reason'] | undefined {
  if (resource.resourceType === 'AllergyIntolerance')
    return negation(codeIn(resource.verificationStatus, systems.allergyVerification));
  if (resource.resourceType === 'Condition')
    return negation(codeIn(resource.verificationStatus, systems.conditionVerification));
  const said: string | undefined = resource.status;
  if (said === 'entered-in-error' || said === 'not-done' || said === 'superseded') return said;
  if (said === 'cancelled' && (resource.resourceType === 'Observation' || resource.resourceType === 'DiagnosticReport'))
    return said;
  if (resource.resourceType === 'Consent' && (said === 'inactive' || said === 'rejected')) return 'revoked';
  return undefined;
}

function negation(verification: string | undefined): 'refuted' | 'entered-in-error' | undefined {
  return verification === 'refuted' || verification === 'entered-in-error' ? verification : undefined;
}

/** The kind under which a resource is listed, or `undefined` for one that has no place in a chart (a privacy consent). */
export function otherKind(resource: ClinicalResource): OtherKind | undefined {
  switch (resource.resourceType) {
    case 'Device':
      return 'device';
    case 'Consent':
      return isDirective([resource.scope, ...(resource.category ?? [])]) ? 'directive' : undefined;
    case 'DocumentReference':
      return isDirective([resource.type, ...(resource.category ?? [])]) ? 'directive' : 'document';
    case 'Immunization':
      return 'immunization';
    case 'Procedure':
      return 'procedure';
    case 'Observation':
      return observationKind(resource.category ?? []);
    case 'DiagnosticReport':
      return 'report';
    case 'Encounter':
      return 'encounter';
    default:
      return undefined;
  }
}

const DIRECTIVE_CODES = new Set(['adr', 'acd', 'dnr', 'polst', 'hcd']);

function isDirective(concepts: readonly (CodeableConcept | undefined)[]): boolean {
  return concepts
    .flatMap((one) => one?.coding ?? [])
    .some(({ system, code = '' }) =>
      system === systems.loinc ? isAdvanceDirectiveType(code) : DIRECTIVE_CODES.has(code),
    );
}

function observationKind(categories: readonly CodeableConcept[]): OtherKind {
  const codes = categories.flatMap(({ coding = [] }) => coding.map(({ code }) => code));
  if (codes.includes('vital-signs')) return 'vital-sign';
  return codes.includes('laboratory') ? 'result' : 'observation';
}
