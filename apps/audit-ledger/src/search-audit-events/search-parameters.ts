// IHE ITI-81 Retrieve ATNA Audit Event: https://profiles.ihe.net/ITI/TF/Volume2/ITI-81.html
// HL7 FHIR R4 search: https://hl7.org/fhir/R4/search.html; AuditEvent: https://hl7.org/fhir/R4/auditevent.html#search
import { splitOr } from '@hie/fhir';
import { isUuid } from '@hie/service-kit';

import type { Criterion, EntryCriteria } from './entry-criteria.js';
import { parameterReaders } from './parameter-readers.js';

/** A search as its parameters say it. */
export interface AuditSearch {
  readonly criteria: EntryCriteria;
  /** The person of `patient`, by the exchange's own id; whose pseudonym is for the caller to find. */
  readonly personIds: readonly string[];
  readonly count: number;
  readonly cursor?: string;
  /** Names of the parameters, for the ledger's own entry: never their values. */
  readonly names: readonly string[];
}

export type ReadAuditSearch =
  | { readonly ok: true; readonly search: AuditSearch }
  | {
      readonly ok: false;
      readonly code: 'unsupported-parameter' | 'invalid-parameter' | 'missing-parameter' | 'not-acceptable';
      readonly parameter: string;
    };

export const DEFAULT_COUNT = 50;
export const MAX_COUNT = 200;
const MAX_VALUES = 64;
const MAX_LENGTH = 4_096;
const JSON_FORMATS = ['json', 'application/json', 'application/fhir+json'];

/** The parameters that are served, beside `patient`, as the README lists them. */
export const searchedParameters: readonly string[] = ['patient', ...Object.keys(parameterReaders)];

/**
 * Reads the parameters of a search for AuditEvents. Repeated parameters are all to hold; of values parted by commas any.
 *
 * `patient` is `Patient/<person>`, with the exchange's own id: the gateway has turned the caller's handle into it. What is not known is
 * refused and never ignored: a search that silently asks for more than was meant would be taken for a complete answer.
 */
export function readAuditSearch(parameters: readonly (readonly [name: string, value: string])[]): ReadAuditSearch {
  const criteria: Criterion[] = [];
  const personIds: string[] = [];
  let count = DEFAULT_COUNT;
  let cursor: string | undefined;
  for (const [name, value] of parameters) {
    const invalid = { ok: false, code: 'invalid-parameter', parameter: name } as const;
    if (name === '_cursor') cursor = value;
    else if (name === '_format') {
      if (!JSON_FORMATS.includes(value)) return { ok: false, code: 'not-acceptable', parameter: name };
    } else if (name === '_count') {
      if (!/^[1-9]\d{0,8}$/.test(value)) return invalid;
      count = Math.min(MAX_COUNT, Number(value));
    } else if (name === 'patient') {
      const [, personId] = /^Patient\/(.+)$/.exec(value) ?? [];
      if (personId === undefined || !isUuid(personId) || personIds.length > 0) return invalid;
      personIds.push(personId);
    } else {
      const read = Object.hasOwn(parameterReaders, name) ? parameterReaders[name] : undefined;
      if (read === undefined) return { ok: false, code: 'unsupported-parameter', parameter: name };
      const values = splitOr(value);
      if (values.length === 0 || values.length > MAX_VALUES || value.length > MAX_LENGTH) return invalid;
      const criterion = read(values);
      if (criterion === undefined) return invalid;
      criteria.push(criterion);
    }
  }
  const names = [...new Set(parameters.map(([name]) => name).filter((name) => name !== '_cursor'))];
  if (criteria.some(({ kind }) => kind === 'consent') && !names.some((name) => name.startsWith('patient'))) {
    // A Consent is one patient's; without the patient every entry there is would have to be opened.
    return { ok: false, code: 'missing-parameter', parameter: 'patient' };
  }
  return { ok: true, search: { criteria, personIds, count, names, ...(cursor === undefined ? {} : { cursor }) } };
}
