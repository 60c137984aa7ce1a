import { demographicsFromPatient } from '../demographics/demographics-from-patient.js';
import type { Demographics } from '../demographics/demographics.js';
import type { OutcomeCode } from '../outcome/outcome-codes.js';

export interface MatchRequest {
  readonly demographics: Demographics;
  /** Elements that were cut, see `demographicsFromPatient`. */
  readonly cut: readonly string[];
  readonly onlyCertain: boolean;
  /** How many candidates at most, 1 to 50. */
  readonly count: number;
}

export type ReadMatchRequest =
  | { readonly ok: true; readonly request: MatchRequest }
  | { readonly ok: false; readonly code: OutcomeCode; readonly expression: string };

const MOST_CANDIDATES = 50;

/**
 * Reads the input of `Patient/$match` (https://hl7.org/fhir/R4/patient-operation-match.html; IHE PDQm 3.2.0, ITI-119): Parameters with
 * `resource`, `onlyCertainMatches` and `count`, or a bare Patient. Other parameters are ignored, as ITI-119 lets a server do.
 */
export function readMatchRequest(body: unknown): ReadMatchRequest {
  if (!isObject(body)) return refused('invalid-request', '$this');
  if (body['resourceType'] === 'Patient') return withPatient(body, false, MOST_CANDIDATES);
  if (body['resourceType'] !== 'Parameters' || !Array.isArray(body['parameter']))
    return refused('invalid-request', 'Parameters');

  const parameters = (body['parameter'] as unknown[]).filter(isObject);
  const named = (name: string): Readonly<Record<string, unknown>> | undefined =>
    parameters.find((one) => one['name'] === name);
  const onlyCertain = named('onlyCertainMatches')?.['valueBoolean'];
  if (named('onlyCertainMatches') !== undefined && typeof onlyCertain !== 'boolean') {
    return refused('invalid-parameter', "Parameters.parameter.where(name='onlyCertainMatches')");
  }
  const count = named('count')?.['valueInteger'];
  if (named('count') !== undefined && !(Number.isInteger(count) && (count as number) >= 1)) {
    return refused('invalid-parameter', "Parameters.parameter.where(name='count')");
  }
  const patient = named('resource')?.['resource'];
  if (patient === undefined) return refused('missing-parameter', "Parameters.parameter.where(name='resource')");
  return withPatient(
    patient,
    onlyCertain === true,
    Math.min((count as number | undefined) ?? MOST_CANDIDATES, MOST_CANDIDATES),
  );
}

function withPatient(patient: unknown, onlyCertain: boolean, count: number): ReadMatchRequest {
  const read = demographicsFromPatient(patient);
  if (!read.ok) return refused(read.code, read.expression);
  return { ok: true, request: { demographics: read.demographics, cut: read.cut, onlyCertain, count } };
}

function refused(code: OutcomeCode, expression: string): ReadMatchRequest {
  return { ok: false, code, expression };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
