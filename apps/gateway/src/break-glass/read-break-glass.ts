import { type Demographics, type OutcomeCode, readMatchRequest } from '@hie/fhir';
import { z } from 'zod';

export type ReadBreakGlass =
  | { readonly ok: true; readonly demographics: Demographics; readonly reason: string }
  | { readonly ok: false; readonly code: OutcomeCode; readonly expression: string };

const MIN_REASON = 10;
const MAX_REASON = 2000;

const parametersSchema = z.object({
  parameter: z.array(z.looseObject({ name: z.string(), valueString: z.string().optional() })),
});

/**
 * Reads Parameters with `resource` (the Patient) and `reason`, the clinician's own words.
 *
 * A reason of a few letters is none: whoever reviews the case must learn from it why it could not wait.
 */
export function readBreakGlass(body: unknown): ReadBreakGlass {
  const read = readMatchRequest(body);
  if (!read.ok) return read;
  const expression = "Parameters.parameter.where(name='reason')";
  const parameters = parametersSchema.safeParse(body);
  const stated = parameters.data?.parameter.find(({ name }) => name === 'reason')?.valueString;
  if (stated === undefined) return { ok: false, code: 'missing-parameter', expression };
  const reason = stated.trim();
  const isOne = reason.length >= MIN_REASON && reason.length <= MAX_REASON;
  if (!isOne) return { ok: false, code: 'invalid-parameter', expression };
  return { ok: true, demographics: read.request.demographics, reason };
}
