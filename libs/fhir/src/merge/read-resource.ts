import type { Patient } from '@medplum/fhirtypes';

import {
  concept,
  faultIn,
  identifier,
  limits,
  list,
  object,
  reference,
  type Shape,
  survey,
  withoutNulls,
} from './element-shape.js';
import type { Caution, ClinicalResource, RefusalReason } from './merged-record.js';
import { isClinicalType, resourceKinds } from './resource-kinds.js';

/** A resource that can be read, or why not. */
export type ReadResource<R> =
  | { readonly ok: true; readonly resource: R; readonly cautions: readonly Caution[] }
  | { readonly ok: false; readonly reason: RefusalReason; readonly expression?: string };

type Json = Record<string, unknown>;

const patientShape: Readonly<Record<string, Shape>> = { identifier: list(identifier) };
const medicationShape: Readonly<Record<string, Shape>> = { id: 'string', code: concept };

/**
 * What stands for a resource that could not be looked through, when something before the merge had to take it out: it holds nothing of it, and
 * the merge refuses it with this reason, so that it does not vanish on the way.
 */
export function unreadableStandIn(value: unknown, reason: 'malformed' | 'too-large'): Json {
  const { resourceType, id } = nameOf(value);
  return {
    unreadable: reason,
    ...(resourceType !== undefined && { of: resourceType }),
    ...(id !== undefined && { id }),
  };
}

/** `resourceType` and `id` of anything, where they have the form of one: for the report about what was refused. */
export function nameOf(value: unknown): { resourceType?: string; id?: string } {
  if (typeof value !== 'object' || value === null) return {};
  const { resourceType = (value as Json)['of'], id } = value as Json;
  return {
    ...(typeof resourceType === 'string' && /^[A-Z][A-Za-z]{1,63}$/.test(resourceType) && { resourceType }),
    ...(typeof id === 'string' && /^[A-Za-z0-9\-.]{1,64}$/.test(id) && { id }),
  };
}

/** A resource of bounded size without `null`, or why it is refused. Everything else may then be done by recursion. */
export function readBounded(value: unknown): ReadResource<Json> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ok: false, reason: 'malformed' };
  const { depth, nodes, hasNull } = survey(value);
  if (depth > limits.depth || nodes > limits.nodes) return { ok: false, reason: 'too-large' };
  const resource = hasNull ? withoutNulls(value as Json) : (value as Json);
  const { resourceType, id, unreadable } = resource;
  if (typeof resourceType !== 'string') {
    return unreadable === 'too-large'
      ? { ok: false, reason: 'too-large' }
      : { ok: false, reason: 'malformed', expression: 'resourceType' };
  }
  if (id !== undefined && typeof id !== 'string') {
    return { ok: false, reason: 'malformed', expression: `${nameOf(resource).resourceType ?? 'Resource'}.id` };
  }
  return { ok: true, resource, cautions: [] };
}

/**
 * Checks the elements of a clinical resource that this library reads. A fault in an essential one refuses the resource; a fault in another
 * costs that element and leaves a caution, since an allergy whose note is malformed is still an allergy.
 */
export function readClinical(resource: Json): ReadResource<ClinicalResource> {
  const type = resource['resourceType'] as string;
  if (!isClinicalType(type)) return { ok: false, reason: 'unsupported-type' };
  const { essential, further, subject } = resourceKinds[type];

  const fault =
    firstFault(resource, essential) ??
    firstFault(resource, { [subject]: reference, meta: object({ lastUpdated: 'string' }) });
  if (fault !== undefined) return { ok: false, reason: 'malformed', expression: `${type}.${fault}` };

  const cautions: Caution[] = [];
  if (resource['modifierExtension'] !== undefined || resource['implicitRules'] !== undefined)
    cautions.push('modifier-not-understood');
  const faulty = Object.keys(further).filter((name) => faultIn(resource[name], further[name] as Shape) !== undefined);
  if (faulty.length === 0) return { ok: true, resource: resource as unknown as ClinicalResource, cautions };

  const kept = Object.fromEntries(Object.entries(resource).filter(([name]) => !faulty.includes(name)));
  return { ok: true, resource: kept as unknown as ClinicalResource, cautions: [...cautions, 'partly-unreadable'] };
}

/** A Patient, as far as the guard reads it. */
export function readPatient(resource: Json): ReadResource<Patient> {
  const fault = firstFault(resource, patientShape);
  if (fault !== undefined) return { ok: false, reason: 'malformed', expression: `Patient.${fault}` };
  return { ok: true, resource: resource as unknown as Patient, cautions: [] };
}

/** Whether a resource is a Medication whose code can be read. */
export function isReadableMedication(resource: Json): boolean {
  return resource['resourceType'] === 'Medication' && firstFault(resource, medicationShape) === undefined;
}

function firstFault(resource: Json, shape: Readonly<Record<string, Shape>>): string | undefined {
  for (const name of Object.keys(shape)) {
    const fault = faultIn(resource[name], shape[name] as Shape);
    if (fault !== undefined) return fault === '' ? name : `${name}${fault.startsWith('[') ? fault : `.${fault}`}`;
  }
  return undefined;
}
