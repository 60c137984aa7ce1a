import type { Bundle } from '@medplum/fhirtypes';

import { patientParameter, patientSearch, type RecordKey } from './record-key.js';
import type { RecordSearch } from './record-searches.js';

/** One entry of a batch: what was asked, so that the answer's entry at the same place can be read. */
export interface AskedSearch {
  readonly type: string;
  readonly support: RecordSearch['support'];
  /** Relative to the member's base. */
  readonly url: string;
}

export interface BatchOptions {
  /** Page size asked for; a member may give less. */
  readonly pageSize: number;
  /** Whether the Patient is asked for too, as the requester-side check of demographics needs it. */
  readonly withPatient: boolean;
}

/** The search on its own, for a member that takes no batches: `AllergyIntolerance?patient=123&_count=200`. */
export function searchUrl({ type, filter }: RecordSearch, key: RecordKey, pageSize: number): string {
  return [`${type}?${patientParameter(key)}`, filter, `_count=${pageSize}`].filter((part) => part !== '').join('&');
}

/** Everything one member is asked, a search for each record it keeps of the patient. */
export function askedSearches(
  searches: readonly RecordSearch[],
  keys: readonly RecordKey[],
  { pageSize, withPatient }: BatchOptions,
): AskedSearch[] {
  return keys.flatMap((key) => [
    ...(withPatient ? [{ type: 'Patient', support: 'should' as const, url: patientSearch(key) }] : []),
    ...searches.map((one) => ({ type: one.type, support: one.support, url: searchUrl(one, key, pageSize) })),
  ]);
}

/**
 * One round trip for everything: a batch of GET searches (https://hl7.org/fhir/R4/http.html#transaction). A batch and not a transaction:
 * one search that fails must not take the others with it.
 */
export function batchRequest(asked: readonly AskedSearch[]): Bundle {
  return {
    resourceType: 'Bundle',
    type: 'batch',
    entry: asked.map(({ url }) => ({ request: { method: 'GET' as const, url } })),
  };
}
