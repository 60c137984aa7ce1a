import { type FhirResponse } from '../fhir-server/operation-outcome.js';

/** The body cut off in the middle: as long as it says, and no JSON. */
export function malformed({ body, ...response }: FhirResponse): FhirResponse {
  return { ...response, body: body.subarray(0, Math.max(1, Math.floor(body.length * 0.6))) };
}

/** Every entry of every searchset twice, the second under another id: what a member with a doubled interface answers. */
export const doubled = (response: FhirResponse): FhirResponse =>
  eachSearchset(response, ({ entry, ...rest }) => ({ ...rest, entry: entry.flatMap(twice) }));

function twice(one: LooseEntry): readonly LooseEntry[] {
  const id = one.resource?.['id'];
  if (typeof id !== 'string') return [one];
  return [one, { ...one, fullUrl: `${one.fullUrl ?? ''}-again`, resource: { ...one.resource, id: `${id}-again` } }];
}

/** The same answer with its searchset changed, or each of those that a batch holds. */
export function eachSearchset(
  { body, ...response }: FhirResponse,
  change: (searchset: LooseBundle) => LooseBundle,
): FhirResponse {
  const changed = (value: unknown): unknown => {
    if (!isBundle(value)) return value;
    if (value.entry.some(({ resource }) => isBundle(resource))) {
      return { ...value, entry: value.entry.map((one) => ({ ...one, resource: changed(one.resource) })) };
    }
    const searchset = change(value);
    return { ...searchset, ...('total' in value ? { total: searchset.entry.length } : {}) };
  };
  return { ...response, body: Buffer.from(JSON.stringify(changed(JSON.parse(body.toString())))) };
}

/** A Bundle with entries. */
export interface LooseBundle {
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry: readonly LooseEntry[];
}

/** An entry of a Bundle, as far as faults look at it. */
export interface LooseEntry {
  readonly fullUrl?: string;
  readonly resource?: Readonly<Record<string, unknown>> | undefined;
}

function isBundle(value: unknown): value is LooseBundle {
  if (typeof value !== 'object' || value === null || !('resourceType' in value) || value.resourceType !== 'Bundle')
    return false;
  return 'entry' in value && Array.isArray(value.entry);
}
