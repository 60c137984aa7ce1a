import type { Shape } from './element-shape.js';
import { type ClinicalResource, MERGE_RULES, type Provenance } from './merged-record.js';
import { resourceKinds } from './resource-kinds.js';

/** Stands for every member that may not be named; one constant, so that two of them can't be told apart either. */
export const UNNAMED_MEMBER = { memberId: 'unnamed', memberName: 'A source that is not named' } as const;

/** Where an entry comes from, without a word that leads there. */
export function maskedProvenance(retrievedAt: string): Provenance {
  return { ...UNNAMED_MEMBER, retrievedAt, transform: MERGE_RULES };
}

/** Read elements that lead to the place or the people behind an entry, or hold free text that may. */
const LEADS_HOME = new Set([
  'contained',
  'note',
  'description',
  'url',
  'title',
  'identifier',
  'masterIdentifier',
  'reference',
  'conclusion',
]);

/**
 * A resource of a member that may not be named, reduced to what it says medically: codes, their words, states, times, doses. Only elements
 * that this library reads are copied, so that nothing unforeseen (a recorder, an extension, a link) slips through.
 *
 * So an anaphylaxis known only to such a place still reaches the emergency room, and the place stays unknown.
 */
export function maskedResource<R extends ClinicalResource>(resource: R): R {
  const { essential, further } = resourceKinds[resource.resourceType];
  const kept = projected(resource, { fields: { ...essential, ...further } }) as Record<string, unknown>;
  return { resourceType: resource.resourceType, ...kept } as unknown as R;
}

function projected(value: unknown, shape: Shape): unknown {
  if (typeof shape === 'string' || value === undefined) return value;
  if ('list' in shape) return (value as readonly unknown[]).map((one) => projected(one, shape.list));
  const members = Object.keys(shape.fields)
    .filter((name) => !LEADS_HOME.has(name))
    .map((name) => [name, projected((value as Record<string, unknown>)[name], shape.fields[name] as Shape)] as const)
    .filter(([, member]) => member !== undefined && !isEmptyObject(member));
  return Object.fromEntries(members);
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
