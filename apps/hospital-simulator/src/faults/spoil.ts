import { type FhirResponse } from '../fhir-server/operation-outcome.js';

/** The body cut off in the middle: as long as it says, and no JSON. */
export function malformed({ body, ...response }: FhirResponse): FhirResponse {
  return { ...response, body: body.subarray(0, Math.max(1, Math.floor(body.length * 0.6))) };
}

/** Every entry of every searchset twice, the second under another id: what a member with a doubled interface answers. */
export function doubled({ body, ...response }: FhirResponse): FhirResponse {
  const parsed: unknown = JSON.parse(body.toString());
  return { ...response, body: Buffer.from(JSON.stringify(withDoubles(parsed))) };
}

function withDoubles(value: unknown): unknown {
  if (!isBundle(value)) return value;
  const entry = value.entry.flatMap((one): readonly LooseEntry[] => {
    const { resource } = one;
    if (isBundle(resource)) return [{ ...one, resource: withDoubles(resource) as LooseEntry['resource'] }];
    const id = resource?.['id'];
    if (typeof id !== 'string') return [one];
    return [one, { ...one, fullUrl: `${one.fullUrl ?? ''}-again`, resource: { ...resource, id: `${id}-again` } }];
  });
  return { ...value, ...('total' in value ? { total: entry.length } : {}), entry };
}

interface LooseEntry {
  readonly fullUrl?: string;
  readonly resource?: Readonly<Record<string, unknown>> | undefined;
}

function isBundle(value: unknown): value is { readonly entry: readonly LooseEntry[] } {
  if (typeof value !== 'object' || value === null || !('resourceType' in value) || value.resourceType !== 'Bundle')
    return false;
  return 'entry' in value && Array.isArray(value.entry);
}
