import { type ChartCache, type StoredResource, ofType, storedResource } from '../records/chart-cache.js';
import { type MemberRecords } from '../records/member-records.js';
import { type Found, findPatients } from '../search/find-patients.js';
import { matches } from '../search/matches.js';
import { SEARCH_PARAMETERS } from '../search/search-parameters.js';
import { type SearchQuery, isFault, parseSearch } from '../search/search-query.js';
import { pageOf, searchset } from '../search/searchset.js';
import { type FhirResponse, outcome } from './operation-outcome.js';

/** Answers reads and searches over one member's records. No HTTP, no tokens, no faults: those stand around it. */
export interface MemberFhir {
  readonly read: (type: string, id: string) => FhirResponse;
  readonly search: (type: string, parameters: URLSearchParams, strict: boolean) => FhirResponse;
}

const NOT_FOUND = outcome(404, 'not-found', 'There is no such resource here.');
const NOTHING: readonly StoredResource[] = [];

/** @param identifierSystem the assigning authority of the member's local numbers. */
export function memberFhir(
  records: MemberRecords,
  cache: ChartCache,
  fhirUrl: string,
  identifierSystem: string,
): MemberFhir {
  const shared = new Map(
    records.shared.map((resource) => [
      `${resource.resourceType}/${resource.id ?? ''}`,
      storedResource(resource, fhirUrl),
    ]),
  );

  /** The local number of `system|value`; a value without a system may be one too. */
  const localNumber = (token: string): string | undefined => {
    const bar = token.lastIndexOf('|');
    return bar <= 0 || token.slice(0, bar) === identifierSystem ? token.slice(bar + 1) : undefined;
  };
  const find = findPatients(records, cache, localNumber);

  /** Patients a clinical search speaks of; undefined when it names none. */
  const patientsOf = ({ type, criteria, patientIdentifiers }: SearchQuery): readonly string[] | undefined => {
    const named = criteria.find(({ parameter }) => parameter === 'patient' || parameter === 'subject')?.values;
    if (named) return named.map((value) => value.slice(value.lastIndexOf('/') + 1));
    if (patientIdentifiers.length > 0) return patientIdentifiers.flatMap((value) => localNumber(value) ?? []);
    return criteria
      .find(({ parameter }) => parameter === '_id')
      ?.values.flatMap((id) => records.patientOf(type, id) ?? []);
  };

  const findClinical = (query: SearchQuery): Found | undefined => {
    const patients = patientsOf(query);
    if (patients === undefined) return undefined;
    // Whose records they are is settled by whose chart they are in.
    const criteria = query.criteria.filter(({ parameter }) => parameter !== 'patient' && parameter !== 'subject');
    const inChart = (id: string): readonly StoredResource[] => {
      const chart = cache.chart(id);
      return chart === undefined
        ? NOTHING
        : ofType(chart, query.type).filter((resource) => matches(resource, criteria));
    };
    const all = [...new Set(patients)].flatMap(inChart);
    return { page: pageOf(query, all), total: all.length };
  };

  return {
    read: (type, id) => {
      if (type === 'Patient') return found(cache.patient(id));
      const owner = records.patientOf(type, id);
      const chart = owner === undefined ? undefined : cache.chart(owner);
      return found(
        chart === undefined ? shared.get(`${type}/${id}`) : ofType(chart, type).find((resource) => resource.id === id),
      );
    },
    search: (type, parameters, strict) => {
      if (SEARCH_PARAMETERS[type] === undefined)
        return outcome(404, 'not-supported', 'This type is not searched here.');
      const query = parseSearch(type, parameters);
      if (isFault(query)) {
        const isValue = query.code === 'invalid-value';
        return outcome(
          400,
          isValue ? 'value' : 'not-supported',
          'A search parameter has a value or a modifier that is not understood.',
        );
      }
      if (strict && query.ignored.length > 0)
        return outcome(400, 'not-supported', 'A search parameter is not known here.');
      const result = type === 'Patient' ? find(query) : findClinical(query);
      if (result === undefined) return outcome(400, 'too-costly', 'A search of clinical records must name a patient.');
      return { status: 200, body: searchset(query, result.page, result.total, fhirUrl) };
    },
  };
}

function found(resource: StoredResource | undefined): FhirResponse {
  return resource === undefined ? NOT_FOUND : { status: 200, body: resource.bytes };
}
