import { type DatePrefix, type TimeRange, timeRangeOf } from './time-range.js';
import { SEARCH_PARAMETERS } from './search-parameters.js';

/** One parameter of a search: any of its values must fit (comma is OR), and every criterion must (repetition is AND). */
export interface Criterion {
  readonly parameter: string;
  readonly modifier: '' | 'exact' | 'contains' | 'not';
  readonly kind: 'token' | 'string' | 'date' | 'reference';
  readonly values: readonly string[];
  readonly dates: readonly { readonly prefix: DatePrefix; readonly range: TimeRange }[];
}

/** A search of one type, understood. */
export interface SearchQuery {
  readonly type: string;
  readonly criteria: readonly Criterion[];
  /** `patient.identifier=system|value`: whose records, by an identifier of this member. */
  readonly patientIdentifiers: readonly string[];
  readonly count: number;
  readonly offset: number;
  readonly countOnly: boolean;
  /** What was used, as it was asked: goes into the self link. */
  readonly used: readonly (readonly [name: string, value: string])[];
  /** Parameters that are not known here, left out of the search (FHIR: SHOULD ignore, unless `Prefer: handling=strict`). */
  readonly ignored: readonly string[];
}

/** A search that cannot be answered as it was asked. */
export interface SearchFault {
  readonly code: 'invalid-value' | 'unsupported-modifier';
  readonly parameter: string;
}

export const DEFAULT_COUNT = 50;
export const MAX_COUNT = 500;
const MAX_VALUES = 100;
const MODIFIERS: Readonly<Record<string, readonly string[]>> = {
  token: ['', 'not'],
  string: ['', 'exact', 'contains'],
  date: [''],
  reference: [''],
};

/** Reads the parameters of a search of a type. Pure. */
export function parseSearch(type: string, parameters: URLSearchParams): SearchQuery | SearchFault {
  const criteria: Criterion[] = [];
  const used: [string, string][] = [];
  const ignored: string[] = [];
  const patientIdentifiers: string[] = [];
  let count = DEFAULT_COUNT;
  let offset = 0;
  let countOnly = false;

  for (const [asked, value] of parameters) {
    const [name = '', modifier = ''] = asked.split(':');
    if (name === '_count' || name === '_offset') {
      if (!/^\d{1,9}$/.test(value)) return { code: 'invalid-value', parameter: name };
      if (name === '_count')
        [count, countOnly] = [Math.min(Number(value), MAX_COUNT), countOnly || Number(value) === 0];
      else offset = Number(value);
      continue;
    }
    if (name === '_summary' && value === 'count') countOnly = true;
    else if (name === 'patient.identifier' || (name === 'patient' && modifier === 'identifier'))
      patientIdentifiers.push(...splitOr(value));
    else if (name === '_format' || name === '_include') used.push([asked, value]);
    else {
      const kind = SEARCH_PARAMETERS[type]?.[name]?.kind;
      if (kind === undefined) {
        ignored.push(asked);
        continue;
      }
      if (!MODIFIERS[kind]?.includes(modifier)) return { code: 'unsupported-modifier', parameter: asked };
      const criterion = criterionOf(name, modifier as Criterion['modifier'], kind, value);
      if (criterion === undefined) return { code: 'invalid-value', parameter: name };
      criteria.push(criterion);
    }
    used.push([asked, value]);
  }
  return { type, criteria, patientIdentifiers, count, offset, countOnly, used: uniquePairs(used), ignored };
}

/** Whether a search was understood. */
export function isFault(query: SearchQuery | SearchFault): query is SearchFault {
  return 'parameter' in query;
}

function criterionOf(
  parameter: string,
  modifier: Criterion['modifier'],
  kind: Criterion['kind'],
  value: string,
): Criterion | undefined {
  const values = splitOr(value);
  if (values.length === 0 || values.length > MAX_VALUES) return undefined;
  const dates = kind === 'date' ? values.map(dateOf) : [];
  if (dates.includes(undefined)) return undefined;
  return { parameter, modifier, kind, values, dates: dates.filter((date) => date !== undefined) };
}

/** The values between commas; `\,` `\|` `\$` `\\` are escapes (FHIR R4, Search, 3.1.1.4.0.2). */
function splitOr(value: string): readonly string[] {
  return value
    .split(/(?<!\\),/)
    .map((part) => part.replace(/\\([,|$\\])/g, '$1'))
    .filter((part) => part !== '');
}

function dateOf(value: string): Criterion['dates'][number] | undefined {
  const [, prefix = 'eq', date = ''] = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)$/.exec(value) ?? [];
  const range = timeRangeOf(date);
  return range && { prefix: prefix as DatePrefix, range };
}

function uniquePairs(pairs: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  return pairs.filter(([name, value], i) => pairs.findIndex((other) => other[0] === name && other[1] === value) === i);
}
