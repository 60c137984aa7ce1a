import { PERSON_ACR, type PersonPolicy, type SignedInPerson, checkPerson, signedInPersonOf } from './person-access.js';
import { TrustError } from './errors.js';

const now = Date.parse('2026-03-01T12:00:00Z');
const nowS = now / 1000;
const clinician: SignedInPerson = {
  acr: PERSON_ACR,
  amr: ['pop', 'user', 'mfa', 'hwk'],
  authTimeS: nowS - 600,
  roles: ['clinician'],
};
const reads: PersonPolicy = { roles: ['clinician'] };
const breaksGlass: PersonPolicy = { roles: ['clinician'], stepUp: 'break-glass' };
const decides: PersonPolicy = { roles: ['data-steward'], stepUp: 'identity-change', peopleAlone: true };

function refusal(policy: PersonPolicy | undefined, person: SignedInPerson | undefined): string | undefined {
  try {
    checkPerson(policy, person, now);
    return undefined;
  } catch (error) {
    if (error instanceof TrustError) return error.code;
    throw error;
  }
}

describe('checkPerson', () => {
  it('serves a role that signed in with two factors today', () => {
    expect(refusal(reads, clinician)).toBeUndefined();
  });

  it.each<[string, PersonPolicy | undefined, Partial<SignedInPerson>, string]>([
    ['a route that says nothing of people', undefined, {}, 'person-not-served'],
    ['a password alone (ATTACKS G1)', reads, { acr: 'urn:hie:aal1', amr: ['pwd'] }, 'assurance-too-low'],
    ['a class without the methods', reads, { amr: ['pwd'] }, 'assurance-too-low'],
    ['a key without a second factor', reads, { amr: ['hwk', 'user'] }, 'assurance-too-low'],
    ['two factors without a held key', reads, { amr: ['pwd', 'otp', 'mfa'] }, 'assurance-too-low'],
    ['a class in another case', reads, { acr: 'URN:HIE:AAL2' }, 'assurance-too-low'],
    ['a sign-in of yesterday', reads, { authTimeS: nowS - 12 * 3600 - 1 }, 'sign-in-too-old'],
    ['a sign-in of the future', reads, { authTimeS: nowS + 6 }, 'sign-in-too-old'],
    ['no role', reads, { roles: [] }, 'role-missing'],
    ['another role', reads, { roles: ['registrar'] }, 'role-missing'],
    ['five minutes and a second', breaksGlass, { authTimeS: nowS - 301 }, 'step-up-required'],
    ['another role, whose sign-in is old too', breaksGlass, { roles: ['patient'] }, 'role-missing'],
  ])('refuses %s', (_name, policy, over, code) => {
    expect(refusal(policy, { ...clinician, ...over })).toBe(code);
  });

  it.each<[string, PersonPolicy | undefined, string | undefined]>([
    ['passes where people are served too', breaksGlass, undefined],
    ['passes where nothing is said of people', undefined, undefined],
    ['is refused where people alone decide', decides, 'person-required'],
  ])('a system %s', (_name, policy, code) => {
    expect(refusal(policy, undefined)).toBe(code);
  });

  it('serves a person where people alone decide, by the same rules', () => {
    const steward: SignedInPerson = { ...clinician, roles: ['data-steward'], authTimeS: nowS - 300 };
    expect(refusal(decides, steward)).toBeUndefined();
    expect(refusal(decides, { ...steward, authTimeS: nowS - 301 })).toBe('step-up-required');
    expect(refusal(decides, clinician)).toBe('role-missing');
  });

  it('takes a sign-in of exactly five minutes for a step-up, and of twelve hours for the rest', () => {
    expect(refusal(breaksGlass, { ...clinician, authTimeS: nowS - 300 })).toBeUndefined();
    expect(refusal(reads, { ...clinician, authTimeS: nowS - 12 * 3600 })).toBeUndefined();
  });
});

describe('signedInPersonOf', () => {
  const named = (rctx: object, user?: string) => ({ tctx: { user }, rctx }) as Parameters<typeof signedInPersonOf>[0];

  it('is whoever the gateway saw signed in, and nobody whom a system names', () => {
    expect(signedInPersonOf(named({ acr: PERSON_ACR }, 'ada'))).toBe('ada');
    expect(signedInPersonOf(named({}, 'ada'))).toBeUndefined();
    expect(signedInPersonOf(named({ acr: 'urn:hie:aal1' }, 'ada'))).toBeUndefined();
    expect(signedInPersonOf(named({ acr: PERSON_ACR }))).toBeUndefined();
  });
});
