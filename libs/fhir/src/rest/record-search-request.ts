import { splitOr } from '../demographics/identifier-token.js';
import type { OutcomeCode } from '../outcome/outcome-codes.js';

export type ReadRecordSearch =
  | {
      readonly ok: true;
      /** The handle the requester was given. */
      readonly patientId: string;
      /** What was used, for the self link. */
      readonly usedParameters: string;
    }
  | { readonly ok: false; readonly code: OutcomeCode; readonly expression: string };

/** Parameters that only say how the answer should look; they are ignored and never a fault. */
const PRESENTATION = new Set(['_format', '_pretty', '_count', '_summary', '_elements', '_total', '_sort']);

/**
 * Reads `GET [base]/AllergyIntolerance?patient=` (US Core: `patient` SHALL be supported). Exactly one patient, by id, `Patient/id` or this
 * exchange's own absolute URL: a list of patients would be several queries with several decisions.
 *
 * @param parameters pairs in the order of the query string
 * @param isStrict whether `Prefer: handling=strict` was sent: then an unknown parameter is refused instead of ignored
 */
export function readRecordSearch(
  parameters: Iterable<readonly [string, string]>,
  baseUrl: string,
  isStrict: boolean,
): ReadRecordSearch {
  const all = [...parameters];
  const unknown = all.find(([name]) => name !== 'patient' && !PRESENTATION.has(name));
  if (isStrict && unknown !== undefined)
    return { ok: false, code: 'unsupported-parameter', expression: safeName(unknown[0]) };

  const values = all.filter(([name]) => name === 'patient').flatMap(([, value]) => splitOr(value));
  const [value] = values;
  if (value === undefined) return { ok: false, code: 'missing-parameter', expression: 'patient' };
  const local = value.startsWith(`${baseUrl}/`) ? value.slice(baseUrl.length + 1) : value;
  const patientId = /^(?:Patient\/)?([A-Za-z0-9\-.]{1,64})$/.exec(local)?.[1];
  if (patientId === undefined || values.length > 1)
    return { ok: false, code: 'invalid-parameter', expression: 'patient' };
  return { ok: true, patientId, usedParameters: `patient=${patientId}` };
}

/** A parameter's name comes back to the caller only where it looks like one. */
function safeName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_.:-]{0,40}$/.test(name) ? name : 'parameter';
}
