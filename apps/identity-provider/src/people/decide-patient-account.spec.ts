import type { Role } from '@hie/purpose-of-use';

import { decidePatientAccount } from './decide-patient-account.js';

it.each<[string, Role[], boolean, string]>([
  ['staff', ['clinician', 'registrar'], false, 'permit'],
  ['staff, and a patient is named', ['clinician'], true, 'patient-unwanted'],
  ['a patient', ['patient'], true, 'permit'],
  ['a proxy', ['proxy'], true, 'permit'],
  ['a patient twice', ['patient', 'patient'], true, 'permit'],
  ['a patient who is not named', ['patient'], false, 'patient-missing'],
  ['a proxy of nobody', ['proxy'], false, 'patient-missing'],
  ['a patient who is a clinician too', ['patient', 'clinician'], true, 'patient-with-other-roles'],
  ['a clinician who becomes a proxy', ['clinician', 'proxy'], false, 'patient-with-other-roles'],
  ['a patient who is another’s proxy', ['patient', 'proxy'], true, 'patient-with-other-roles'],
])('%s: %j', (_who, roles, isOfPatient, expected) => {
  expect(decidePatientAccount(roles, isOfPatient)).toBe(expected);
});
