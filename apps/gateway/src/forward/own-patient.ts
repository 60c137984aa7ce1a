import { type SignedInPerson, TrustError, ownRecordRoles } from '@hie/purpose-of-use';

import { OutcomeError } from '../http/outcome-error.js';
import type { Parameters } from './audit-search-request.js';

/**
 * The parameters of a request about a patient, as far as whoever asks may choose one: a patient or a proxy asks about the patient of their
 * account and names nobody, not even that one. Systems and staff choose.
 *
 * @throws OutcomeError `invalid-parameter` when they name somebody; TrustError `role-missing` once a proxy's right has ended, or where the
 *   account names no patient
 */
export function withOwnPatient(parameters: Parameters, person: SignedInPerson | undefined, nowMs: number): Parameters {
  if (person === undefined || !person.roles.some((role) => ownRecordRoles.includes(role))) return parameters;
  const { handle, untilS = Number.POSITIVE_INFINITY } = person.patient ?? {};
  if (handle === undefined || nowMs >= untilS * 1000) throw new TrustError('role-missing', 'authority');
  const named = parameters.find(
    ([name]) => name === 'patient' || name.startsWith('patient.') || name.startsWith('patient:'),
  );
  if (named !== undefined) throw new OutcomeError('invalid-parameter', { expression: named[0] });
  return [['patient', `Patient/${handle}`], ...parameters];
}
