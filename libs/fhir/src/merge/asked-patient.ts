import type { Identifier, Patient, Reference, Resource } from '@medplum/fhirtypes';

import type { RecordKey } from '../ask/record-key.js';

/** Whose records one member was asked for. */
export interface AskedPatient {
  readonly records: readonly RecordKey[];
  /** The member's FHIR base. Without it no absolute reference can be recognised, and each is refused. */
  readonly baseUrl?: string | undefined;
}

export interface PatientGuard {
  /**
   * Whether a Patient that the member sent is the one asked for. Its id is then known for the rest of the answer: a member that was
   * asked by identifier alone tells it that way.
   */
  readonly admits: (patient: Patient) => boolean;
  /** Whether `subject`, of a resource with these contained resources, is the asked patient; `undefined` when it names nobody. */
  readonly isAbout: (subject: Reference | undefined, contained?: readonly Resource[]) => boolean | undefined;
}

/** `Patient/id`, absolute or not, versioned or not; the id as R4 defines it (https://hl7.org/fhir/R4/datatypes.html#id). */
const PATIENT_REFERENCE = /^(?:(https?:\/\/.+)\/)?Patient\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/;

/**
 * Tells the asked patient's resources from somebody else's. A resource is taken only when it says whose it is, and says the right one:
 * by `Patient/id` (relative, or absolute at the member's own base), by `urn:uuid`, by a contained Patient with the asked identifier, or by
 * that identifier alone.
 */
export function patientGuard(asked: AskedPatient): PatientGuard {
  const ids = new Set(asked.records.map(({ patientId }) => patientId).filter((id) => id !== undefined));
  const identifiers = new Set(asked.records.map(({ system, value }) => `${system}|${value}`));
  const ownBase = asked.baseUrl?.replace(/\/+$/, '');

  const isAskedIdentifier = ({ system, value }: Identifier): boolean =>
    system !== undefined && value !== undefined && identifiers.has(`${system}|${value}`);

  const isAskedReference = (reference: string, contained: readonly Resource[]): boolean => {
    if (reference.startsWith('#')) {
      const patient = contained.find((one) => one.resourceType === 'Patient' && one.id === reference.slice(1)) as
        Patient | undefined;
      // What is contained was not looked at when the resource was read: it may be anything.
      const identifiers: unknown = patient?.identifier;
      return (
        Array.isArray(identifiers) &&
        identifiers.some((one: Identifier | null) => one !== null && isAskedIdentifier(one))
      );
    }
    if (reference.startsWith('urn:uuid:')) return ids.has(reference.slice('urn:uuid:'.length)) || ids.has(reference);
    const [, base, id] = PATIENT_REFERENCE.exec(reference) ?? [];
    return id !== undefined && (base === undefined || base === ownBase) && ids.has(id);
  };

  return {
    admits({ id, identifier = [] }) {
      const isAsked = (id !== undefined && ids.has(id)) || identifier.some(isAskedIdentifier);
      if (isAsked && id !== undefined) ids.add(id);
      return isAsked;
    },
    isAbout(subject, contained = []) {
      if (subject?.reference !== undefined) return isAskedReference(subject.reference, contained);
      return subject?.identifier === undefined ? undefined : isAskedIdentifier(subject.identifier);
    },
  };
}
