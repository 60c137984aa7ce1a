import { PERSON_ACR, type SignedInPerson, TrustError } from '@hie/purpose-of-use';

import { OutcomeError } from '../http/outcome-error.js';
import { withOwnPatient } from './own-patient.js';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const handle = '6f1c1f0e-5d3a-4a3e-9f6f-0d8d1b7a2c11';
const signIn = { acr: PERSON_ACR, amr: ['mfa', 'hwk'], authTimeS: NOW / 1000 };
const patient: SignedInPerson = { ...signIn, roles: ['patient'], patient: { handle } };
const proxyUntil = (untilS: number): SignedInPerson => ({ ...signIn, roles: ['proxy'], patient: { handle, untilS } });
const asked = [['format', 'csv']] as const;
const own = [['patient', `Patient/${handle}`], ...asked];

const outcome = (parameters: readonly (readonly [string, string])[], person?: SignedInPerson) => {
  try {
    return withOwnPatient(parameters, person, NOW);
  } catch (error) {
    if (error instanceof TrustError || error instanceof OutcomeError) return error.code;
    throw error;
  }
};

describe('who asks about a patient', () => {
  it.each<[string, SignedInPerson | undefined, unknown]>([
    ['a system chooses', undefined, asked],
    ['staff choose', { ...signIn, roles: ['compliance-officer'] }, asked],
    ['a patient has their own record', patient, own],
    ['a proxy has the patient’s until the right ends', proxyUntil(NOW / 1000 + 1), own],
    ['a proxy has nothing from the instant on at which it ends', proxyUntil(NOW / 1000), 'role-missing'],
    ['a patient who is not named has nothing', { ...signIn, roles: ['patient'] }, 'role-missing'],
  ])('%s', (_who, person, expected) => {
    expect(outcome(asked, person)).toEqual(expected);
  });

  it.each(['patient', 'patient.identifier', 'patient:Patient'])('a patient names nobody by %s', (name) => {
    expect(outcome([[name, `Patient/${handle}`]], patient)).toBe('invalid-parameter');
    expect(outcome([[name, 'Patient/other']], undefined)).toEqual([[name, 'Patient/other']]);
  });
});
