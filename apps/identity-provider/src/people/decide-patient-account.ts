import { type Role, ownRecordRoles } from '@hie/purpose-of-use';

export type PatientAccountRefusal = 'patient-missing' | 'patient-unwanted' | 'patient-with-other-roles';

/**
 * Decides whether an account may have these roles together.
 *
 * An account of a patient or of a proxy speaks of one patient, whom it names, and of nothing else. Who also works for a member has a second
 * account: nobody looks at their own record, or at a child's, with what they may do as staff.
 *
 * @param isOfPatient whether the account names a patient
 */
export function decidePatientAccount(roles: readonly Role[], isOfPatient: boolean): 'permit' | PatientAccountRefusal {
  if (!roles.some((role) => ownRecordRoles.includes(role))) return isOfPatient ? 'patient-unwanted' : 'permit';
  if (new Set(roles).size > 1) return 'patient-with-other-roles';
  return isOfPatient ? 'permit' : 'patient-missing';
}
