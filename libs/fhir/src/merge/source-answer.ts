import type {
  CodeableConcept,
  Medication,
  MedicationRequest,
  MedicationStatement,
  Patient,
  Reference,
} from '@medplum/fhirtypes';

import { type AskedPatient, patientGuard } from './asked-patient.js';
import { maskedProvenance, maskedResource } from './masked-source.js';
import {
  type Caution,
  type ClinicalResource,
  MERGE_RULES,
  type Provenance,
  type Refusal,
  type RefusalReason,
  type Sourced,
} from './merged-record.js';
import { isReadableMedication, nameOf, readBounded, readClinical, readPatient } from './read-resource.js';
import { otherKind, resourceKinds, subjectOf } from './resource-kinds.js';
import { withoutStrangers } from './without-strangers.js';

/** What one member answered, obligations already applied (`redact`). */
export interface SourceAnswer {
  readonly memberId: string;
  readonly name: string;
  /** ISO 8601 instant. */
  readonly retrievedAt: string;
  /** Whose records it was asked for: everything about anybody else is refused. */
  readonly patient: AskedPatient;
  /** Whatever the member sent. */
  readonly resources: readonly unknown[];
  /** Whether the member may not be named; its entries then stand without anything that leads to it. */
  readonly discloses?: boolean;
}

/** What is left of an answer after every resource was looked at: each is in exactly one of the three, medications aside. */
export interface ReadAnswer {
  readonly clinical: readonly Sourced<ClinicalResource>[];
  readonly patients: readonly Sourced<Patient>[];
  readonly refused: readonly Refusal[];
}

type Json = Record<string, unknown>;

/** Reads one member's answer resource by resource; nothing in it can make the others fail. */
export function readAnswer(answer: SourceAnswer): ReadAnswer {
  const guard = patientGuard(answer.patient);
  const refused: Refusal[] = [];
  const refuse = (value: unknown, reason: RefusalReason, expression?: string): void => {
    const { memberId, memberName } = provenanceOf(answer);
    refused.push({ reason, memberId, memberName, ...nameOf(value), ...(expression !== undefined && { expression }) });
  };

  const bounded: Json[] = [];
  for (const value of answer.resources) {
    const read = readBounded(value);
    if (read.ok) bounded.push(read.resource);
    else refuse(value, read.reason, read.expression);
  }

  // Patients first: they tell the ids that the other resources refer to.
  const patients: Sourced<Patient>[] = [];
  for (const value of bounded.filter(({ resourceType }) => resourceType === 'Patient')) {
    const read = readPatient(value);
    if (!read.ok) refuse(value, read.reason, read.expression);
    else if (!guard.admits(read.resource)) refuse(value, 'wrong-patient');
    else patients.push({ provenance: provenanceOf(answer, read.resource), resource: read.resource, cautions: [] });
  }

  const medications = bounded.filter(isReadableMedication) as unknown as Medication[];
  const clinical: Sourced<ClinicalResource>[] = [];
  for (const value of bounded) {
    if (value['resourceType'] === 'Patient' || isReadableMedication(value)) continue;
    const read = readClinical(value);
    if (!read.ok) {
      refuse(value, read.reason, read.expression);
      continue;
    }
    const { resource } = read;
    const about = guard.isAbout(subjectOf(resource), resource.contained);
    if (about !== true) {
      refuse(value, about === undefined ? 'no-subject' : 'wrong-patient');
    } else if (resource.resourceType === 'Consent' && otherKind(resource) === undefined) {
      // A privacy consent is the business of the consent service, not a part of the chart.
      refuse(value, 'not-asked-for');
    } else {
      const own = withoutStrangers(resource, guard);
      const cautions: readonly Caution[] = own.isWhole ? read.cautions : [...read.cautions, 'stranger-left-out'];
      clinical.push(sourced(answer, own.resource, cautions, medications));
    }
  }
  return { clinical, patients: answer.discloses === true ? [] : patients, refused };
}

function sourced(
  answer: SourceAnswer,
  resource: ClinicalResource,
  cautions: readonly Caution[],
  medications: readonly Medication[],
): Sourced<ClinicalResource> {
  const provenance = provenanceOf(answer, resource);
  const isMedication = resource.resourceType === 'MedicationRequest' || resource.resourceType === 'MedicationStatement';
  const resolved = isMedication
    ? withMedication(resource, medications, answer.patient.baseUrl)
    : { resource, isResolved: true };
  return {
    provenance,
    resource: answer.discloses === true ? maskedResource(resolved.resource) : resolved.resource,
    cautions: resolved.isResolved ? cautions : [...cautions, 'medication-not-resolved'],
  };
}

function provenanceOf(answer: SourceAnswer, resource?: ClinicalResource | Patient): Provenance {
  const { memberId, name, retrievedAt } = answer;
  if (answer.discloses === true) return maskedProvenance(retrievedAt);
  const recordedAt = resource === undefined ? undefined : recordedAtOf(resource);
  return {
    memberId,
    memberName: name,
    ...(resource?.id !== undefined && { resource: `${resource.resourceType}/${resource.id}` }),
    retrievedAt,
    ...(recordedAt !== undefined && { recordedAt }),
    transform: MERGE_RULES,
  };
}

function recordedAtOf(resource: ClinicalResource | Patient): string | undefined {
  const elements = resource.resourceType === 'Patient' ? [] : resourceKinds[resource.resourceType].recordedAt;
  for (const name of elements) {
    const at = (resource as unknown as Json)[name];
    if (typeof at === 'string') return at;
  }
  const updated: unknown = resource.meta?.lastUpdated;
  return typeof updated === 'string' ? updated : undefined;
}

/** The same order with its medication in place of the reference to it, so that nobody downstream has to resolve anything. */
function withMedication<R extends MedicationRequest | MedicationStatement>(
  resource: R,
  medications: readonly Medication[],
  baseUrl: string | undefined,
): { resource: R; isResolved: boolean } {
  const { medicationReference, ...rest } = resource;
  if (resource.medicationCodeableConcept !== undefined || medicationReference === undefined) {
    return { resource, isResolved: resource.medicationCodeableConcept !== undefined };
  }
  const known = [...(resource.contained ?? []).filter(isMedication), ...medications];
  const code = codeOfMedication(medicationReference, known, baseUrl);
  const shown: CodeableConcept = code ?? { text: medicationReference.display ?? 'Medication not sent by the source' };
  return { resource: { ...rest, medicationCodeableConcept: shown } as unknown as R, isResolved: code !== undefined };
}

function isMedication(resource: { readonly resourceType: string }): resource is Medication {
  return isReadableMedication(resource as Json);
}

/** `#id`, `urn:uuid:id` or `Medication/id`; an absolute one with the base before it. */
const MEDICATION_REFERENCE =
  /^(?:#|urn:uuid:|(?:(https?:\/\/.+)\/)?Medication\/)([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/;

/** The code of the medication that was sent along. One of the same id at another server is another medication. */
function codeOfMedication(
  { reference = '' }: Reference,
  medications: readonly Medication[],
  baseUrl: string | undefined,
): CodeableConcept | undefined {
  const [, base, id] = MEDICATION_REFERENCE.exec(reference) ?? [];
  if (id === undefined || (base !== undefined && base !== baseUrl?.replace(/\/+$/, ''))) return undefined;
  return medications.find((one) => one.id === id)?.code;
}
