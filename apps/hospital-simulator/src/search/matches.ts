import { folded, wordsOf } from '../records/patient-index.js';
import { type StoredResource, facetsSeen } from '../records/chart-cache.js';
import { type Criterion } from './search-query.js';
import { type TimeRange, satisfies } from './time-range.js';

/** Whether a resource satisfies every criterion. */
export function matches(resource: StoredResource, criteria: readonly Criterion[]): boolean {
  if (criteria.length === 0) return true;
  const seen = facetsSeen(resource);
  return criteria.every((criterion) => matchesOne(seen.get(criterion.parameter) ?? [], criterion));
}

function matchesOne(facets: readonly (string | TimeRange)[], { kind, modifier, values, dates }: Criterion): boolean {
  switch (kind) {
    case 'date':
      return facets.some((facet) => dates.some(({ prefix, range }) => satisfies(prefix, facet as TimeRange, range)));
    case 'token': {
      const fits = facets.some((facet) => values.some((value) => tokenFits(facet as string, value)));
      return modifier === 'not' ? !fits : fits;
    }
    case 'string':
      return facets.some((facet) => values.some((value) => textFits(facet as string, folded(value), modifier)));
    case 'reference':
      return facets.some((facet) => values.some((value) => facet === value || (facet as string).endsWith(`/${value}`)));
  }
}

/** `code`, `system|code`, `system|` and `|code` (no system), as FHIR token search has them. */
function tokenFits(facet: string, value: string): boolean {
  if (!value.includes('|'))
    return facet.endsWith(`|${value}`) && facet.indexOf('|') === facet.length - value.length - 1;
  return value.endsWith('|') && value.length > 1 ? facet.startsWith(value) : facet === value;
}

function textFits(facet: string, value: string, modifier: Criterion['modifier']): boolean {
  if (modifier === 'exact') return facet === value;
  if (modifier === 'contains') return facet.includes(value);
  return wordsOf(facet).some((words) => words.startsWith(value));
}
