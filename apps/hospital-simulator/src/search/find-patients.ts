import { type ChartCache, type StoredResource } from '../records/chart-cache.js';
import { type MemberRecords } from '../records/member-records.js';
import { type PatientColumn, type PatientIndex, patientIndex } from '../records/patient-index.js';
import { matches } from './matches.js';
import { type Criterion, type SearchQuery } from './search-query.js';

/** A page of what was found, and how much there is. */
export interface Found {
  readonly page: readonly StoredResource[];
  readonly total: number;
}

/** Searches of Patient over one member. */
export type FindPatients = (query: SearchQuery) => Found;

// Which column narrows a parameter's search; `name` is looked for in both.
const COLUMNS: Readonly<Record<string, readonly PatientColumn[]>> = {
  birthdate: ['birthDate'],
  family: ['family'],
  given: ['given'],
  name: ['family', 'given'],
};

/**
 * Patient search: candidates by the cheapest criterion that names few people, then every criterion on each of them.
 *
 * @param localNumber the local number that an identifier token could stand for.
 */
export function findPatients(
  records: MemberRecords,
  cache: ChartCache,
  localNumber: (token: string) => string | undefined,
): FindPatients {
  let made: PatientIndex | undefined;

  /** Who could fit, and what of the criteria is still to be looked at. */
  const narrowed = (
    criteria: readonly Criterion[],
  ): { readonly ids: Iterable<string>; readonly rest: readonly Criterion[] } => {
    const positive = criteria.filter(({ modifier }) => modifier !== 'not');
    const without = (used: Criterion): readonly Criterion[] => criteria.filter((criterion) => criterion !== used);
    const byId = positive.find(({ parameter }) => parameter === '_id');
    if (byId) return { ids: new Set(byId.values), rest: without(byId) };
    const byNumber = positive.find(
      ({ parameter, values }) =>
        parameter === 'identifier' && values.every((value) => localNumber(value) !== undefined),
    );
    if (byNumber)
      return { ids: new Set(byNumber.values.map((value) => localNumber(value) ?? '')), rest: without(byNumber) };
    const columns = positive.flatMap((criterion) => lookedUp(criterion) ?? []);
    const [fewest, ...others] = columns.sort((a, b) => a.size - b.size);
    if (fewest === undefined) return { ids: records.patientIds(), rest: criteria };
    return { ids: [...fewest].filter((id) => others.every((other) => other.has(id))), rest: criteria };
  };

  /** Who fits one criterion by the index; undefined when the index does not know it. */
  const lookedUp = ({ parameter, modifier, values, dates }: Criterion): ReadonlySet<string> | undefined => {
    const columns = COLUMNS[parameter];
    if (columns === undefined || !dates.every(({ prefix }) => prefix === 'eq')) return undefined;
    made ??= patientIndex(records);
    const find = modifier === 'contains' ? made.containing : made.startingWith;
    return new Set(
      columns.flatMap((column) => values.flatMap((value) => find(column, value.replace(/^eq(?=\d)/, '')))),
    );
  };

  return ({ criteria, offset, count, countOnly }) => {
    const end = countOnly ? offset : offset + count;
    const { ids, rest } = narrowed(criteria);
    const page: StoredResource[] = [];
    let total = 0;
    for (const id of ids) {
      const isOnPage = total >= offset && total < end;
      // Without criteria nobody needs to be looked at but those who are shown.
      const patient = criteria.length === 0 && !isOnPage ? undefined : cache.patient(id);
      if (criteria.length > 0 && (patient === undefined || !matches(patient, rest))) continue;
      if (isOnPage && patient !== undefined) page.push(patient);
      total += 1;
    }
    return { page, total };
  };
}
