import type { AskedSearch } from './batch-request.js';

/** What one member's answer holds, before anybody looked at the resources themselves. */
export interface MemberAnswer {
  /** Resources in the order of the searches. Still anything a JSON text can be. */
  readonly resources: readonly unknown[];
  /** Types looked at: each `shall` search of the type was answered, and no page of it is missing. */
  readonly answeredTypes: readonly string[];
  /** Types of which at least one `shall` search failed. */
  readonly failedTypes: readonly string[];
  /** Pages still to be fetched; until they are, their types count as failed. */
  readonly nextPages: readonly { readonly type: string; readonly url: string }[];
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isBundle = (value: unknown): value is Json => isObject(value) && value['resourceType'] === 'Bundle';

/**
 * Reads a batch-response Bundle. Each search stands or falls alone; what can't be read counts as failed, never as empty.
 *
 * @returns `undefined` when the body is no batch-response at all (`malformed-answer`).
 */
export function readBatchResponse(body: unknown, asked: readonly AskedSearch[]): MemberAnswer | undefined {
  if (!isBundle(body) || body['type'] !== 'batch-response') return undefined;
  const entries = listOf(body['entry']);
  return gather(asked.map((search, at) => ({ search, page: pageOfEntry(entries[at]) })));
}

/** Reads the answers of searches that were sent one by one; `undefined` stands for one that failed. */
export function readSearchsets(
  pages: readonly { readonly search: AskedSearch; readonly body: unknown }[],
): MemberAnswer {
  return gather(pages.map(({ search, body }) => ({ search, page: readPage(body) })));
}

interface Page {
  readonly resources: readonly unknown[];
  readonly next: string | undefined;
}

function pageOfEntry(entry: unknown): Page | undefined {
  if (!isObject(entry) || !isObject(entry['response'])) return undefined;
  const { status } = entry['response'];
  return typeof status === 'string' && /^2\d\d\b/.test(status) ? readPage(entry['resource']) : undefined;
}

/** A searchset's resources; an error among its outcomes (the server could not search as asked) makes the page a failed one. */
function readPage(body: unknown): Page | undefined {
  if (!isBundle(body) || body['type'] !== 'searchset') return undefined;
  const resources = listOf(body['entry'])
    .filter(isObject)
    .map((entry) => entry['resource']);
  if (resources.some(isErrorOutcome)) return undefined;
  const next = listOf(body['link'])
    .filter(isObject)
    .find((link) => link['relation'] === 'next')?.['url'];
  return {
    resources: resources.filter((resource) => !(isObject(resource) && resource['resourceType'] === 'OperationOutcome')),
    next: typeof next === 'string' ? next : undefined,
  };
}

function isErrorOutcome(resource: unknown): boolean {
  if (!isObject(resource) || resource['resourceType'] !== 'OperationOutcome') return false;
  return listOf(resource['issue']).some(
    (issue) => isObject(issue) && ['fatal', 'error'].includes(String(issue['severity'])),
  );
}

function gather(pages: readonly { readonly search: AskedSearch; readonly page: Page | undefined }[]): MemberAnswer {
  const failed = new Set<string>();
  for (const { search, page } of pages) {
    if (search.support === 'shall' && (page === undefined || page.next !== undefined)) failed.add(search.type);
  }
  const required = pages.filter(({ search }) => search.support === 'shall').map(({ search }) => search.type);
  const optional = pages.filter(
    ({ search, page }) => search.support === 'should' && page?.next === undefined && page !== undefined,
  );
  const answered = new Set(
    [...required, ...optional.map(({ search }) => search.type)].filter((type) => !failed.has(type)),
  );
  return {
    resources: pages.flatMap(({ page }) => page?.resources ?? []),
    answeredTypes: [...answered].sort(),
    failedTypes: [...failed].sort(),
    nextPages: pages.flatMap(({ search, page }) =>
      page?.next === undefined ? [] : [{ type: search.type, url: page.next }],
    ),
  };
}

/** `CoverageRow.counts`: resources received of each type that was looked at, 0 included. */
export function countsOf(
  answeredTypes: readonly string[],
  resources: readonly { readonly resourceType: string }[],
): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(answeredTypes.map((type) => [type, 0]));
  for (const { resourceType } of resources) {
    const count = counts[resourceType];
    if (count !== undefined) counts[resourceType] = count + 1;
  }
  return counts;
}
