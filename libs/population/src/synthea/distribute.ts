import { type Encounter, type Patient, type Reference, type Resource } from '@medplum/fhirtypes';

import { decisionKey, mix } from '../random/random.js';
import { type Hospital } from '../registration/hospital.js';
import { localIdentifiers } from '../registration/local-identifier.js';
import { CLINICAL_TYPES, type LoadedPatient, withReferences } from './load-bundle.js';

/** What one hospital holds of a loaded person: its own Patient, and its part of the resources. */
export interface MemberPart {
  /** Position in the list of hospitals. */
  readonly hospital: number;
  readonly mrn: string;
  readonly patient: Patient;
  readonly resources: readonly Resource[];
}

const PART = decisionKey('bundle part');
const IDENTIFIER_TYPE = 'http://terminology.hl7.org/CodeSystem/v2-0203';

/**
 * Spreads one person's resources over the hospitals, so that what an emergency needs lies apart: allergies at one hospital, medications
 * (with their encounters) at another, the rest at those and a third, and one more that knows only the demographics. With fewer hospitals
 * the roles fall together, medications and allergies last. The same person goes to the same hospitals whatever else is loaded.
 *
 * Each hospital knows the person by a local number; identifiers that several hospitals would share (driver's licence, passport, the
 * generator's own id) are left out but for the SSN. A reference to what another hospital holds keeps its display alone.
 *
 * @param index the person's place in the folder, sorted by name: the source of the local numbers.
 */
export function distribute(
  person: LoadedPatient,
  index: number,
  hospitals: readonly Hospital[],
  seed: number,
): readonly MemberPart[] {
  const key = mix(mix(seed, PART), decisionKey(person.patient.id ?? ''));
  const roles = rolesOf(key, hospitals.length);
  const holders = holdersOf(person.resources, roles, key);
  return roles.all.map((hospital) => {
    const mrn = localIdentifiers(seed, hospital).mrnOf(index, 0);
    const mine = person.resources.filter(
      (resource) => holders(resource) === hospital || !CLINICAL_TYPES.has(resource.resourceType),
    );
    const held = new Set(mine.map(({ resourceType, id }) => `${resourceType}/${id ?? ''}`));
    const resolve = (reference: string): string | undefined =>
      reference.startsWith('Patient/') ? `Patient/${mrn}` : held.has(reference) ? reference : undefined;
    const system = hospitals[hospital]?.identifierSystem ?? '';
    return {
      hospital,
      mrn,
      patient: withLocalNumber(person.patient, mrn, system),
      resources: mine.map((resource) => withReferences(resource, resolve)),
    };
  });
}

interface Roles {
  readonly all: readonly number[];
  readonly allergies: number;
  readonly medications: number;
  /** Hospitals with charts: all but the one that knows the demographics alone. */
  readonly charts: readonly number[];
}

function rolesOf(key: number, hospitals: number): Roles {
  const known = Math.min(hospitals, 4);
  const first = key % Math.max(1, hospitals);
  const all = Array.from({ length: known }, (_, i) => (first + i) % hospitals);
  const charts = known > 2 ? all.slice(1) : all;
  const [allergies = 0, medications = allergies] = charts;
  return { all, allergies, medications, charts };
}

/** Resources follow their encounter; encounters in which something was prescribed go where the medications are. */
function holdersOf(resources: readonly Resource[], roles: Roles, key: number): (resource: Resource) => number {
  const prescribing = new Set(
    resources.flatMap((resource) => (resource.resourceType === 'MedicationRequest' ? [encounterOf(resource)] : [])),
  );
  const anyChart = (id: string): number =>
    roles.charts[mix(key, decisionKey(id)) % roles.charts.length] ?? roles.allergies;
  return (resource) => {
    const { resourceType, id = '' } = resource;
    if (resourceType === 'AllergyIntolerance') return roles.allergies;
    if (resourceType === 'MedicationRequest' || resourceType === 'MedicationStatement') return roles.medications;
    const encounter = resourceType === 'Encounter' ? `Encounter/${id}` : encounterOf(resource);
    if (encounter !== undefined && prescribing.has(encounter)) return roles.medications;
    return anyChart(encounter ?? `${resourceType}/${id}`);
  };
}

function encounterOf(resource: Resource): string | undefined {
  const encounter = 'encounter' in resource ? (resource.encounter as Reference<Encounter> | undefined) : undefined;
  return encounter?.reference;
}

function withLocalNumber(patient: Patient, mrn: string, system: string): Patient {
  const ssn = patient.identifier?.filter(({ type }) => type?.coding?.some(({ code }) => code === 'SS')) ?? [];
  const local = {
    use: 'official' as const,
    type: { coding: [{ system: IDENTIFIER_TYPE, code: 'MR' }] },
    system,
    value: mrn,
  };
  return { ...patient, id: mrn, identifier: [local, ...ssn] };
}
