import { demographicsFromPatient } from '../demographics/demographics-from-patient.js';
import type { Demographics } from '../demographics/demographics.js';
import type { OutcomeCode } from '../outcome/outcome-codes.js';

/** A CDS Hooks request as far as it is used. The EMR's own access token is not kept: this exchange never calls back. */
export interface CdsRequest {
  readonly hook: string;
  /** UUID that the EMR gave this firing of the hook. */
  readonly hookInstance: string;
  /** `Practitioner/123` */
  readonly userId: string;
  /** Logical id of the patient at the EMR. */
  readonly patientId: string;
  readonly encounterId?: string;
  /** Who the prefetched patient is. */
  readonly demographics: Demographics;
  /** Elements of the patient that were cut, see `demographicsFromPatient`. */
  readonly cut: readonly string[];
}

export type ReadCdsRequest =
  | { readonly ok: true; readonly request: CdsRequest }
  | { readonly ok: false; readonly code: OutcomeCode; readonly expression: string };

/** A service of the discovery endpoint (CDS Hooks 2.0, "Discovery"). */
export interface CdsService {
  readonly hook: string;
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly prefetch: Readonly<Record<string, string>>;
}

/** The service that is asked when a patient arrives; the only prefetch is who the patient is. */
export const patientArrival: CdsService = {
  hook: 'encounter-start',
  id: 'patient-arrival',
  title: 'What other hospitals know of this patient',
  description:
    'Severe allergies, medications, problems, implants and advance directives that other members of the exchange hold, with how many of them answered.',
  prefetch: { patient: 'Patient/{{context.patientId}}' },
};

/** Hooks that `patient-arrival` answers: the one it advertises, and the one that EMRs fire which know no encounters yet. */
export const arrivalHooks: readonly string[] = ['encounter-start', 'patient-view'];

/** Members of `context` that a hook requires (CDS Hooks 2.0, hook library: encounter-start 1.0, patient-view 1.0). */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'encounter-start': ['userId', 'patientId', 'encounterId'],
  'patient-view': ['userId', 'patientId'],
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ID = /^[A-Za-z0-9\-.]{1,64}$/;
const USER = /^(?:Practitioner|PractitionerRole|Patient|RelatedPerson)\/[A-Za-z0-9\-.]{1,64}$/;

/**
 * Reads the body of a call (https://cds-hooks.hl7.org/2.0/#calling-a-cds-service) in a fixed order: shape, hook, instance, context, authorisation,
 * patient. The first fault is the answer; `expression` names the member at fault and never its value.
 */
export function readCdsRequest(body: unknown, hooks: readonly string[] = arrivalHooks): ReadCdsRequest {
  if (!isObject(body)) return refused('invalid-request', '$this');
  const { hook, hookInstance, context, prefetch } = body;
  if (typeof hook !== 'string') return refused(hook === undefined ? 'missing-parameter' : 'invalid-parameter', 'hook');
  if (!hooks.includes(hook)) return refused('unknown-hook', 'hook');
  if (hookInstance === undefined) return refused('missing-parameter', 'hookInstance');
  if (typeof hookInstance !== 'string' || !UUID.test(hookInstance)) return refused('invalid-parameter', 'hookInstance');

  if (!isObject(context)) return refused(context === undefined ? 'missing-parameter' : 'invalid-parameter', 'context');
  const missing = (REQUIRED[hook] ?? ['userId', 'patientId']).find(
    (name) => context[name] === undefined || context[name] === null,
  );
  if (missing !== undefined) return refused('missing-parameter', `context.${missing}`);
  const { userId, patientId, encounterId } = context;
  if (typeof userId !== 'string' || !USER.test(userId)) return refused('invalid-parameter', 'context.userId');
  if (typeof patientId !== 'string' || !ID.test(patientId)) return refused('invalid-parameter', 'context.patientId');
  const hasEncounter = encounterId !== undefined && encounterId !== null;
  if (hasEncounter && (typeof encounterId !== 'string' || !ID.test(encounterId)))
    return refused('invalid-parameter', 'context.encounterId');

  if (isObject(body['fhirAuthorization']) && typeof body['fhirServer'] !== 'string')
    return refused('missing-parameter', 'fhirServer');

  const patient = isObject(prefetch) ? prefetch['patient'] : undefined;
  if (!isObject(patient)) return refused('prefetch-missing', 'prefetch.patient');
  if (patient['id'] !== undefined && patient['id'] !== patientId)
    return refused('prefetch-mismatch', 'prefetch.patient.id');
  const read = demographicsFromPatient(patient);
  if (!read.ok) return refused('invalid-request', `prefetch.patient${read.expression.slice('Patient'.length)}`);

  return {
    ok: true,
    request: {
      hook,
      hookInstance: hookInstance.toLowerCase(),
      userId,
      patientId,
      ...(hasEncounter && { encounterId: encounterId as string }),
      demographics: read.demographics,
      cut: read.cut,
    },
  };
}

function refused(code: OutcomeCode, expression: string): ReadCdsRequest {
  return { ok: false, code, expression };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
