import type { CodeableConcept, Extension, Reference, Resource } from '@medplum/fhirtypes';

import type { ClinicalResource, Sourced } from '../merge/merged-record.js';
import { apartReason, resourceKinds } from '../merge/resource-kinds.js';
import { systems } from '../terminology/code-systems.js';
import { entryShapes } from './entry-shapes.js';
import { fitted } from './strict-shape.js';

/** "Nobody said", where R4 or IPS wants an element (https://hl7.org/fhir/R4/extension-data-absent-reason.html). */
export const notKnown: { readonly extension: Extension[] } = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
};

type Json = Record<string, unknown>;

/** References between entries of one document: the target's `urn:uuid:`, or `undefined` for what is not in it. */
export type DocumentReferences = (source: Sourced<ClinicalResource>, reference: string) => string | undefined;

/**
 * One source's resource in the form it has in a patient summary, or `undefined` when it can't be said in valid FHIR; then it stands in the
 * narrative alone.
 *
 * Where IPS 1.1.0 requires an element that the source did not send, it is there as "unknown" (data-absent-reason), never with a value made up.
 */
export function documentEntry(
  source: Sourced<ClinicalResource>,
  id: string,
  subject: Reference,
  resolve: DocumentReferences,
): Resource | undefined {
  const { resource } = source;
  if (resource.resourceType === 'Encounter') return undefined;
  const kept = fitted(resource, entryShapes[resource.resourceType]) as Json | undefined;
  if (kept === undefined) return undefined;
  const meta = entryMeta(resource);
  return {
    resourceType: resource.resourceType,
    id,
    ...(meta !== undefined && { meta }),
    ...completed(resource, kept, (reference) => resolve(source, reference)),
    [resourceKinds[resource.resourceType].subject]: subject,
  } as unknown as Resource;
}

/** Security labels and tags stay with what they label. */
function entryMeta({ meta }: ClinicalResource): Json | undefined {
  const kept = {
    ...(Array.isArray(meta?.security) && { security: meta.security }),
    ...(Array.isArray(meta?.tag) && { tag: meta.tag }),
  };
  return Object.keys(kept).length === 0 ? undefined : kept;
}

/** What a profile or an invariant wants beyond the elements themselves. */
function completed(resource: ClinicalResource, kept: Json, resolve: (reference: string) => string | undefined): Json {
  switch (resource.resourceType) {
    case 'AllergyIntolerance':
      // ait-1, ait-2: a clinical status, but for what was entered in error.
      return apartReason(resource) === 'entered-in-error'
        ? without(kept, 'clinicalStatus')
        : { clinicalStatus: readAsActive(systems.allergyClinical), ...kept };
    case 'Condition': {
      // con-4: what has abated is not active; con-5: no clinical status for what was entered in error.
      const status = (kept['clinicalStatus'] as CodeableConcept | undefined)?.coding?.[0]?.code ?? 'active';
      const dated = ['inactive', 'remission', 'resolved'].includes(status) ? kept : without(kept, 'abatementDateTime');
      return apartReason(resource) === 'entered-in-error'
        ? without(dated, 'clinicalStatus')
        : { clinicalStatus: readAsActive(systems.conditionClinical), ...onlyOne(dated, 'onset') };
    }
    case 'MedicationStatement':
      return withTime(kept, 'effective');
    case 'Immunization':
      return withTime(kept, 'occurrence');
    case 'Procedure':
      return withTime(kept, 'performed');
    case 'Observation':
      return withTime(onlyOne(resolved(withoutRepeatedCode(kept), 'hasMember', resolve), 'value'), 'effective');
    case 'DiagnosticReport':
      return withTime(resolved(kept, 'result', resolve), 'effective');
    case 'Consent':
      // ppc-1: a policy or a policy rule.
      return { policyRule: notKnown, ...kept };
    default:
      return kept;
  }
}

/** A required binding has no code for "nobody said". The merge reads silence as active; the text says that it was silence. */
function readAsActive(system: string): CodeableConcept {
  return { coding: [{ system, code: 'active' }], text: 'Not stated by the source; read as active' };
}

/** At most one of a choice (`onset[x]`), as JSON allows several and FHIR doesn't. */
function onlyOne(kept: Json, element: string): Json {
  const [, ...others] = Object.keys(kept).filter((name) => isChoice(name, element));
  return without(kept, ...others);
}

/** Exactly one time, or the word that nobody said when. */
function withTime(kept: Json, element: string): Json {
  const one = onlyOne(kept, element);
  return Object.keys(one).some((name) => isChoice(name, element)) ? one : { ...one, [`_${element}DateTime`]: notKnown };
}

function isChoice(name: string, element: string): boolean {
  return name.startsWith(element) && /^[A-Z]/.test(name.slice(element.length));
}

/** obs-7: a component that repeats the code of an observation with a value. */
function withoutRepeatedCode(kept: Json): Json {
  const components = kept['component'] as Json[] | undefined;
  const others = components?.filter((one) => JSON.stringify(one['code']) !== JSON.stringify(kept['code']));
  return others === undefined || others.length === components?.length
    ? kept
    : { ...without(kept, 'component'), ...(others.length > 0 && { component: others }) };
}

/** References to entries of this document; one that leads elsewhere would dangle, and goes. */
function resolved(kept: Json, element: string, resolve: (reference: string) => string | undefined): Json {
  const references = (kept[element] as Reference[] | undefined) ?? [];
  const inside = references.flatMap(({ reference = '', display }) => {
    const urn = resolve(reference);
    return urn === undefined ? [] : [{ reference: urn, ...(display !== undefined && { display }) }];
  });
  return { ...without(kept, element), ...(inside.length > 0 && { [element]: inside }) };
}

function without(value: Json, ...names: string[]): Json {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}
