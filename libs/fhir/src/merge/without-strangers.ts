import type { Reference, Resource } from '@medplum/fhirtypes';

import type { PatientGuard } from './asked-patient.js';
import type { ClinicalResource } from './merged-record.js';

type Json = Readonly<Record<string, unknown>>;

/** What is left of a resource, and whether that is all of it. */
export interface WithoutStrangers<R> {
  readonly resource: R;
  readonly isWhole: boolean;
}

/**
 * Takes out of a resource about the asked patient what is about another one: contained patients, what is contained about them, and every
 * reference to a patient who was not asked for, the display of the reference with it.
 *
 * The allergy itself is the asked patient's and stays. Whoever else a source has mixed into it was not asked for, and nobody has decided
 * whether they may be shown.
 *
 * @param resource bounded in depth (`readBounded`), and about the asked patient
 */
export function withoutStrangers<R extends ClinicalResource>(resource: R, guard: PatientGuard): WithoutStrangers<R> {
  const contained = (resource.contained ?? []) as readonly Resource[];
  const isStranger = (reference: Reference): boolean =>
    leadsToPatient(reference, contained) && guard.isAbout(reference, contained) === false;
  const strangers = contained.filter((one) => isAboutStranger(one, isStranger));
  const gone = new Set(strangers.map(({ id }) => `#${id ?? ''}`));

  let isWhole = true;
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      const kept = value.map(clean).filter((one) => one !== undefined);
      return kept.length === 0 && value.length > 0 ? undefined : kept;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (strangers.includes(value as Resource) || isGone(value)) {
      isWhole = false;
      return undefined;
    }
    const members = Object.entries(value).map(([name, member]) => [name, clean(member)] as const);
    const kept = members.filter(([, member]) => member !== undefined);
    return kept.length === 0 && members.length > 0 ? undefined : Object.fromEntries(kept);
  };
  const isGone = (value: object): boolean =>
    isReference(value) && (gone.has(value.reference ?? '') || isStranger(value));

  const cleaned = clean(resource) as R;
  return isWhole ? { resource, isWhole } : { resource: cleaned, isWhole };
}

/** Elements by which a resource of any type says whom it is about. */
const SUBJECTS = ['subject', 'patient', 'beneficiary', 'for'];

/** Whether a contained resource is another patient, or says of itself that it is about one. */
function isAboutStranger(contained: Resource, isStranger: (reference: Reference) => boolean): boolean {
  if (contained.resourceType === 'Patient') return isStranger({ reference: `#${contained.id ?? ''}` });
  const subjects = SUBJECTS.map((name) => (contained as unknown as Json)[name]);
  return subjects.some((subject) => isReference(subject) && isStranger(subject));
}

/** Whether a value, whatever it is, refers to something by address, or to a patient by number. */
function isReference(value: unknown): value is Reference {
  if (typeof value !== 'object' || value === null) return false;
  const { reference, type, identifier } = value as Json;
  if (reference !== undefined) return typeof reference === 'string';
  return type === 'Patient' && typeof identifier === 'object' && identifier !== null;
}

/** Whether a reference says that it leads to a patient: by its own words, or to one that is contained. */
function leadsToPatient({ reference, type }: Reference, contained: readonly Resource[]): boolean {
  if (type === 'Patient') return true;
  if (reference === undefined) return false;
  if (reference.startsWith('#')) {
    return contained.some((one) => one.resourceType === 'Patient' && `#${one.id ?? ''}` === reference);
  }
  return /(?:^|\/)Patient\/[^/]+(?:\/_history\/[^/]+)?$/.test(reference);
}
