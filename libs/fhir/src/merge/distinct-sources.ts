import type { ClinicalResource, MergedItem, Provenance, Refusal, Sourced } from './merged-record.js';

/** Elements that may differ between two copies of the same content. */
const COPY_MARKS = new Set(['id', 'meta', 'text', 'identifier']);

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareProvenance(a: Provenance, b: Provenance): number {
  return (
    compareText(a.memberName, b.memberName) ||
    compareText(a.memberId, b.memberId) ||
    compareText(a.resource ?? '', b.resource ?? '') ||
    compareText(a.retrievedAt, b.retrievedAt)
  );
}

/** Total order of sources that depends on nothing but what they are. */
export function compareSources(a: Sourced<unknown>, b: Sourced<unknown>): number {
  return compareProvenance(a.provenance, b.provenance) || compareText(contentOf(a.resource), contentOf(b.resource));
}

/**
 * The tokens of a source: what it is about, else which entry it is, so that one entry that was sent twice is one item. A nameless entry
 * without an id has none, and stands alone.
 */
export function tokensOrIdentity(tokens: readonly string[], { provenance }: Sourced<unknown>): readonly string[] {
  if (tokens.length > 0 || provenance.resource === undefined) return tokens;
  return [`entry ${provenance.memberId} ${provenance.resource}`];
}

/** Items sorted, each with a key of its own: entries that nothing tells apart are numbered in their order. */
export function inOrder<T extends MergedItem<unknown>>(items: readonly T[], compare: (a: T, b: T) => number): T[] {
  const seen = new Map<string, number>();
  return items.toSorted(compare).map((item) => {
    const count = (seen.get(item.key) ?? 0) + 1;
    seen.set(item.key, count);
    return count === 1 ? item : { ...item, key: `${item.key} ${count}` };
  });
}

/** The last word on the order of two items: entries that nothing names and no id tells apart are ordered by what they say. */
export function compareItems(a: MergedItem<unknown>, b: MergedItem<unknown>): number {
  const [first, second] = [a.sources[0], b.sources[0]];
  return (
    compareText(a.title, b.title) ||
    compareText(a.key, b.key) ||
    (first === undefined || second === undefined ? 0 : compareSources(first, second))
  );
}

/** Every entry once: what a member sent twice under the same id with the same content (pages that overlap, a doubled answer). */
export function withoutRepeats<R>(sources: readonly Sourced<R>[]): Sourced<R>[] {
  const byEntry = Map.groupBy(sources, ({ provenance }) => `${provenance.memberId} ${provenance.resource ?? ''}`);
  if (byEntry.size === sources.length) return [...sources];
  return [...byEntry.values()].flatMap((same) => {
    if (same.length === 1 || same[0]?.provenance.resource === undefined) return same;
    const earliestFirst = same.toSorted((a, b) => compareText(a.provenance.retrievedAt, b.provenance.retrievedAt));
    const contents = earliestFirst.map(({ resource }) => contentOf(resource));
    return earliestFirst.filter((_, at) => contents.indexOf(contents[at] ?? '') === at);
  });
}

/**
 * Of two versions of one resource (fetched in two stages) the newer one by `meta.lastUpdated`; the older is refused as such. Where either
 * doesn't say when it was updated both stay: a doubled entry is better than a lost one.
 */
export function currentVersions(sources: readonly Sourced<ClinicalResource>[]): {
  kept: readonly Sourced<ClinicalResource>[];
  refused: readonly Refusal[];
} {
  const byEntry = Map.groupBy(sources, ({ provenance }) => `${provenance.memberId} ${provenance.resource ?? ''}`);
  if (byEntry.size === sources.length) return { kept: sources, refused: [] };
  const older = new Set([...byEntry.values()].filter((same) => same.length > 1).flatMap(olderVersions));
  return { kept: sources.filter((one) => !older.has(one)), refused: [...older].map(supersededBy) };
}

function olderVersions(same: readonly Sourced<ClinicalResource>[]): Sourced<ClinicalResource>[] {
  if (same[0]?.provenance.resource === undefined) return [];
  const times = same.map(({ resource }) => Date.parse(resource.meta?.lastUpdated ?? ''));
  const newest = Math.max(...times.filter((time) => !Number.isNaN(time)));
  return same.filter((_, at) => (times[at] ?? Number.NaN) < newest);
}

function supersededBy({ provenance, resource }: Sourced<ClinicalResource>): Refusal {
  const { memberId, memberName } = provenance;
  const { resourceType, id } = resource;
  return { reason: 'superseded-version', memberId, memberName, resourceType, ...(id !== undefined && { id }) };
}

/** The same content twice at one member (a copied chart, two pages that overlap) as one source with `alsoAs`; sorted. */
export function withoutCopies<R extends ClinicalResource>(sources: readonly Sourced<R>[]): Sourced<R>[] {
  if (sources.length < 2) return [...sources];
  const sorted = sources.toSorted(compareSources);
  if (new Set(sources.map(({ provenance }) => provenance.memberId)).size === sources.length) return sorted;

  const copies = Map.groupBy(sorted, ({ provenance, resource }) => `${provenance.memberId} ${contentOf(resource)}`);
  return [...copies.values()].map((same) => {
    const [first, ...others] = same as [Sourced<R>, ...Sourced<R>[]];
    const ids = new Set(others.map(({ provenance }) => provenance.resource).filter((one) => one !== undefined));
    ids.delete(first.provenance.resource ?? '');
    return ids.size === 0 ? first : { ...first, provenance: { ...first.provenance, alsoAs: [...ids] } };
  });
}

/** Canonical JSON of what a resource says, whatever order its members were written in. */
function contentOf(resource: unknown): string {
  return JSON.stringify(resource, (name, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const names = Object.keys(value).sort();
    const kept = name === '' ? names.filter((one) => !COPY_MARKS.has(one)) : names;
    return Object.fromEntries(kept.map((one) => [one, (value as Record<string, unknown>)[one]]));
  });
}
