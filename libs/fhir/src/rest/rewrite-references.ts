import type { Reference } from '@medplum/fhirtypes';

/**
 * A copy in which every Reference is what `rewrite` makes of it. References into the resource itself (`#id`) stay as they are.
 *
 * @param value bounded in depth (`readBounded`), as every merged resource is
 */
export function rewriteReferences<T>(value: T, rewrite: (reference: Reference) => Reference): T {
  if (Array.isArray(value)) return value.map((one: unknown) => rewriteReferences(one, rewrite)) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (isReference(value)) return (value.reference.startsWith('#') ? value : rewrite(value)) as T;
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) copy[name] = rewriteReferences(member as unknown, rewrite);
  return copy as T;
}

function isReference(value: object): value is Reference & { reference: string } {
  return 'reference' in value && typeof value.reference === 'string';
}

/** The type a reference leads to, where it says so. */
export function referencedType({ type, reference = '' }: Reference): Reference['type'] {
  const named = /(?:^|\/)([A-Z][A-Za-z]{1,63})\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[^/]+)?$/.exec(reference)?.[1];
  return type ?? (named as Reference['type']);
}
