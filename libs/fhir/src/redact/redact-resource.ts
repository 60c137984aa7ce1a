import { isInlineLabelled, type WithheldLabels } from './security-label.js';
import type { WithheldNames } from './withheld-names.js';

type Json = Record<string, unknown>;

/** What is left of one resource, and how much went. */
export interface Redaction {
  /** `undefined` when nothing of it may be shown. */
  readonly resource: Json | undefined;
  /** Contained resources, elements and references that went. */
  readonly removed: number;
}

/** Elements without which a resource would only show that something was there. Losing one withholds the whole. */
const DEPENDS_ON: Readonly<Record<string, readonly string[]>> = {
  MedicationRequest: ['medicationReference'],
  MedicationStatement: ['medicationReference'],
  MedicationAdministration: ['medicationReference'],
  MedicationDispense: ['medicationReference'],
  DeviceUseStatement: ['device'],
  DocumentReference: ['content'],
  DocumentManifest: ['content'],
  Provenance: ['target'],
};

/** Words that sum up what the rest of the resource holds, and may repeat what went. */
const SUMMARIES = ['text', 'conclusion', 'conclusionCode', 'presentedForm', 'description'];

/**
 * Removes from one resource what a label withholds: contained resources, elements labelled inline, and every reference to something
 * withheld, the display of the reference with it. A resource that lost something loses its narrative too, and a section its own, since
 * they tell the same in words.
 */
export function redactResource(resource: Json, labels: WithheldLabels, names: WithheldNames): Redaction {
  if (isWithheld(resource, labels)) return { resource: undefined, removed: 1 };
  const { contained, own } = splitContained(resource, labels);
  let removed = own.size;

  const clean = (value: unknown): unknown => {
    if (Array.isArray(value))
      return nonEmpty(value.map((one: unknown) => clean(one)).filter((one) => one !== undefined));
    if (typeof value === 'string') return value;
    if (typeof value !== 'object' || value === null) return value;
    if (isInlineLabelled(value, labels) || refersTo(value as Json, names, own)) {
      removed += 1;
      return undefined;
    }
    return cleanMembers(value as Json);
  };

  const cleanMembers = (value: Json): Json | undefined => {
    const before = removed;
    const members: [string, unknown][] = [];
    for (const [name, member] of Object.entries(value)) {
      if (isLabelledPrimitive(value, name, labels)) removed += name.startsWith('_') ? 0 : 1;
      else {
        const cleaned = clean(member);
        if (cleaned !== undefined) members.push([name, cleaned]);
      }
    }
    const lostSomething = removed > before;
    // A list's entry, a composition's section, a link: what held only the reference goes with it.
    const isHusk =
      lostSomething &&
      (members.length === 0 || (value['item'] !== undefined && !members.some(([name]) => name === 'item')));
    return isHusk
      ? undefined
      : Object.fromEntries(
          lostSomething ? members.filter(([name]) => name !== 'text' || !isNarrative(value)) : members,
        );
  };

  const cleaned = cleanMembers({ ...resource, ...(contained !== undefined && { contained }) });
  const rest = removed > 0 && contained?.length === 0 ? without(cleaned, ['contained']) : cleaned;
  if (rest === undefined || removed === 0) return { resource: rest, removed };
  const lostItsPoint = (DEPENDS_ON[String(resource['resourceType'])] ?? []).some(
    (name) => resource[name] !== undefined && rest[name] === undefined,
  );
  return lostItsPoint ? { resource: undefined, removed } : { resource: without(rest, SUMMARIES), removed };
}

/** Whether the label stands on the resource itself. */
export function isWithheld(resource: Json, labels: WithheldLabels): boolean {
  const { meta } = resource;
  return typeof meta === 'object' && meta !== null && labels.has((meta as { security?: unknown }).security);
}

function splitContained(resource: Json, labels: WithheldLabels): { contained: Json[] | undefined; own: Set<string> } {
  const own = new Set<string>();
  if (!Array.isArray(resource['contained'])) return { contained: undefined, own };
  const inside = (resource['contained'] as unknown[]).filter(
    (one): one is Json => typeof one === 'object' && one !== null,
  );
  for (const one of inside) if (isWithheld(one, labels)) own.add(`#${String(one['id'])}`);
  return { contained: inside.filter((one) => !isWithheld(one, labels)), own };
}

function refersTo(value: Json, names: WithheldNames, own: ReadonlySet<string>): boolean {
  const { reference, url, identifier } = value;
  if (typeof reference === 'string' && (own.has(reference) || names.includesUrl(reference))) return true;
  if (typeof url === 'string' && names.includesUrl(url)) return true;
  return value['resourceType'] === undefined && names.includesIdentifier(identifier);
}

/** `birthDate` beside `_birthDate` whose extension labels it. */
function isLabelledPrimitive(value: Json, name: string, labels: WithheldLabels): boolean {
  const shadow = value[name.startsWith('_') ? name : `_${name}`];
  return typeof shadow === 'object' && shadow !== null && isInlineLabelled(shadow, labels);
}

function isNarrative(value: Json): boolean {
  return typeof value['text'] === 'object' && value['text'] !== null && 'div' in value['text'];
}

function nonEmpty(list: unknown[]): unknown[] | undefined {
  return list.length === 0 ? undefined : list;
}

function without(value: Json | undefined, names: readonly string[]): Json | undefined {
  return value === undefined
    ? undefined
    : Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}
