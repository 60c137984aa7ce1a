// HL7 FHIR R4, search by GET and by POST: https://hl7.org/fhir/R4/http.html#search
import { randomUUID } from 'node:crypto';

import type { Bundle } from '@medplum/fhirtypes';

import type { PatientHandles } from '../edge/patient-handle.js';
import { MEMBER_HANDLE_SYSTEM, namedPerson } from './named-patient.js';

/** Parameters in their order, repeats kept. */
export type Parameters = readonly (readonly [name: string, value: string])[];

/** The parameters of a URL, and behind them those of a form. */
export const parametersOf = (url: string, form = ''): Parameters => [
  ...new URL(url, 'https://gateway.invalid').searchParams,
  ...new URLSearchParams(form),
];

/**
 * The caller's parameters as the ledger takes them: every handle of a patient, of the caller or of a named member, has become the person's id.
 *
 * What is no handle becomes an id that nobody has, and takes the same way: a stranger to the exchange, a patient without entries and a slip
 * of the pen get one answer.
 */
export function withPersons(parameters: Parameters, handles: PatientHandles, callersMember: string): Parameters {
  return parameters.map(([name, value]) => {
    if (name === 'patient') {
      const reference = value.startsWith('Patient/') ? value : `Patient/${value}`;
      return [name, `Patient/${namedPerson(reference, handles, callersMember) ?? randomUUID()}`];
    }
    if (name === 'patient.identifier' && value.startsWith(MEMBER_HANDLE_SYSTEM)) {
      return ['patient', `Patient/${namedPerson(value, handles, callersMember) ?? randomUUID()}`];
    }
    return [name, value];
  });
}

/** A searchset with links to this page and to the next, in the words of the caller: the ledger gave the cursor alone. */
export function withLinks(bundle: Bundle, parameters: Parameters, doorUrl: string): Bundle {
  const next = bundle.link?.find(({ relation }) => relation === 'next')?.url;
  const cursor = next === undefined ? undefined : parametersOf(next).find(([name]) => name === '_cursor')?.[1];
  const self = { relation: 'self', url: urlOf(doorUrl, parameters) };
  if (cursor === undefined) return { ...bundle, link: [self] };
  const further = [...parameters.filter(([name]) => name !== '_cursor'), ['_cursor', cursor] as const];
  return { ...bundle, link: [self, { relation: 'next', url: urlOf(doorUrl, further) }] };
}

/** @returns the URL without a query where there are no parameters. */
export function urlOf(base: string, parameters: Parameters): string {
  const query = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString();
  return query === '' ? base : `${base}?${query}`;
}
