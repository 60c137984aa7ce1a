import { type Patient, type Reference, type Resource } from '@medplum/fhirtypes';

import { TEST_DATA } from '../fhir/context.js';

/** One person of a bundle, with references made local (`Encounter/id`) and everything labelled as test data. */
export interface LoadedPatient {
  readonly patient: Patient;
  /** Clinical resources, and the organizations and practitioners they refer to. */
  readonly resources: readonly Resource[];
}

/** What became of a bundle. Folders of Synthea also hold bundles of hospitals and of practitioners: they have no patient. */
export type LoadOutcome =
  | { readonly kind: 'loaded'; readonly person: LoadedPatient }
  | { readonly kind: 'no-patient' }
  | { readonly kind: 'not-a-bundle' }
  | { readonly kind: 'several-patients'; readonly count: number };

/** Types a member hospital serves; claims, care plans and imaging studies are left aside. */
export const CLINICAL_TYPES: ReadonlySet<string> = new Set([
  'AllergyIntolerance',
  'Condition',
  'Consent',
  'Device',
  'DiagnosticReport',
  'DocumentReference',
  'Encounter',
  'Immunization',
  'MedicationRequest',
  'MedicationStatement',
  'Observation',
  'Procedure',
]);
const SHARED_TYPES: ReadonlySet<string> = new Set(['Organization', 'Practitioner', 'Location', 'Medication', 'Binary']);

interface Entry {
  readonly fullUrl?: string;
  readonly resource?: Resource;
}

/**
 * Reads one FHIR R4 transaction bundle as Synthea writes it: one patient with everything about them, references as `urn:uuid:`.
 *
 * Pure: takes parsed JSON of unknown shape, and gives resources that are the bundle's own but for `meta.security` (HTEST added) and
 * references. Content is not repaired: Synthea's faults are a member's faults. A reference to something that is not in the bundle,
 * or only by search (`Practitioner?identifier=…`), keeps its display alone.
 */
export function loadBundle(json: unknown): LoadOutcome {
  if (!isBundle(json)) return { kind: 'not-a-bundle' };
  const entries = (json.entry ?? []).filter(
    (entry): entry is Entry & { resource: Resource } => typeof entry.resource?.resourceType === 'string',
  );
  const patients = entries.filter(({ resource }) => resource.resourceType === 'Patient');
  const [only, ...others] = patients;
  if (only === undefined) return { kind: 'no-patient' };
  if (others.length > 0) return { kind: 'several-patients', count: patients.length };

  const kept = entries.filter(
    ({ resource }) => CLINICAL_TYPES.has(resource.resourceType) || SHARED_TYPES.has(resource.resourceType),
  );
  const localByUrl = new Map<string, string>();
  for (const { fullUrl, resource } of [only, ...kept]) {
    const local = `${resource.resourceType}/${resource.id ?? ''}`;
    if (fullUrl !== undefined) localByUrl.set(fullUrl, local);
    localByUrl.set(local, local);
  }
  const localise = <T extends Resource>(resource: T): T =>
    labelled(withReferences(resource, (reference) => localByUrl.get(reference)));
  return {
    kind: 'loaded',
    person: { patient: localise(only.resource as Patient), resources: kept.map(({ resource }) => localise(resource)) },
  };
}

function isBundle(json: unknown): json is { readonly entry?: readonly Entry[] } {
  if (typeof json !== 'object' || json === null || !('resourceType' in json) || json.resourceType !== 'Bundle')
    return false;
  return !('entry' in json) || Array.isArray(json.entry);
}

function labelled<T extends Resource>(resource: T): T {
  const security = (resource.meta?.security ?? []).filter(({ code }) => code !== TEST_DATA.code);
  return { ...resource, meta: { ...resource.meta, security: [...security, { ...TEST_DATA }] } };
}

/** A copy in which every literal reference is what `resolve` says; where it says nothing, display and identifier remain. */
export function withReferences<T>(value: T, resolve: (reference: string) => string | undefined): T {
  if (Array.isArray(value)) return value.map((item: unknown) => withReferences(item, resolve)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, withReferences(part, resolve)]),
  ) as T & Reference;
  if (typeof copy.reference !== 'string' || copy.reference.startsWith('#')) return copy;
  const resolved = resolve(copy.reference);
  const { reference, ...rest } = copy;
  if (resolved !== undefined) return { ...rest, reference: resolved } as T;
  return (Object.keys(rest).length > 0 ? rest : { display: reference.split(/[/?]/)[0] ?? '' }) as T;
}
