import { PERSON_ACR, TrustError } from '@hie/purpose-of-use';

import { externalSubject, ownSubject } from './token-subject.js';
import type { ExternalIssuer } from './trusted-issuers.js';

const system = {
  client_id: 'mercy-emr',
  member_id: 'mercy',
  purpose_of_use: 'TREAT',
  client_key: 'k',
  scope: 'system/*.rs',
  jti: 'j',
};
const signIn = { sub: 'vera', acr: PERSON_ACR, amr: ['pop', 'mfa', 'hwk'], auth_time: 1_790_000_000 };
const person = {
  ...{ ...system, ...signIn, client_id: 'hie-console', scope: 'user/*.rs', roles: ['clinician'] },
  cnf: { jkt: 'thumb' },
};
const terms: ExternalIssuer = {
  ...{ issuer: 'https://login.mercy.example', jwksUrl: 'https://login.mercy.example/jwks', algorithms: ['RS256'] },
  ...{ tokenType: 'at+jwt', memberId: 'mercy', clientIds: ['portal'], acr: ['mercy:two-factors'] },
  amr: { fido: ['pop', 'mfa', 'hwk'] },
  roles: { claim: 'groups', values: { 'hie-clinicians': 'clinician' } },
  purposeClaim: 'purpose_of_use',
};
const external = {
  ...{ sub: '7', azp: 'portal', jti: 'j', scope: 'user/*.rs exchange/ledger.read', purpose_of_use: 'TREAT' },
  ...{ acr: 'mercy:two-factors', amr: ['fido'], auth_time: 1_790_000_000, groups: ['hie-clinicians', 'golf'] },
};

function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof TrustError) return error.code;
    throw error;
  }
}

describe('ownSubject', () => {
  it('reads a system, which has no sign-in', () => {
    expect(ownSubject({ ...system, user: 'dr-7' })).toEqual({
      ...{ clientId: 'mercy-emr', memberId: 'mercy', purpose: 'TREAT', scopes: ['system/*.rs'], userId: 'dr-7' },
      clientKey: 'k',
    });
  });

  it('reads a person, under a client of their own', () => {
    expect(ownSubject(person)).toEqual({
      ...{
        clientId: 'hie-console/vera',
        userId: 'vera',
        memberId: 'mercy',
        purpose: 'TREAT',
        binding: { by: 'dpop', thumbprint: 'thumb' },
      },
      scopes: ['user/*.rs'],
      person: { acr: PERSON_ACR, amr: ['pop', 'mfa', 'hwk'], authTimeS: 1_790_000_000, roles: ['clinician'] },
    });
  });

  it.each<[string, object, string]>([
    ['a person’s without methods', { ...person, amr: undefined }, 'token-malformed'],
    ['a person’s without a time', { ...person, auth_time: undefined }, 'token-malformed'],
    ['a system’s with a class, to pass for a person', { ...system, acr: PERSON_ACR }, 'token-malformed'],
    ['an unknown purpose', { ...person, purpose_of_use: 'treat' }, 'purpose-unknown'],
  ])('refuses %s', (_name, claims, code) => {
    expect(outcome(() => ownSubject(claims as never))).toBe(code);
  });

  it('reads whose record a patient or a proxy may ask about, and takes one who names nobody for none', () => {
    const asked = { roles: ['proxy'], purpose_of_use: 'PWATRNY', scope: 'exchange/accounting.own' };
    const named = ownSubject({ ...person, ...asked, patient: 'h-1', patient_until: 1_800_000_000 });
    expect(named.scopes).toEqual(['exchange/accounting.own']);
    expect(named.person).toMatchObject({ roles: ['proxy'], patient: { handle: 'h-1', untilS: 1_800_000_000 } });
    expect(ownSubject({ ...person, ...asked })).toMatchObject({ scopes: [], person: { roles: [] } });
    const fromOutside = { ...external, purpose_of_use: 'PATRQT', scope: 'exchange/accounting.own', patient: 'h-1' };
    const roles = { claim: 'groups', values: { 'hie-clinicians': 'patient' as const } };
    expect(externalSubject(fromOutside, { ...terms, roles })).toMatchObject({ scopes: [], person: { roles: [] } });
  });

  it('leaves a person no scope that none of their roles has for the purpose', () => {
    const read = (over: object) => ownSubject({ ...person, ...over });
    expect(read({ scope: 'user/*.rs system/*.rs exchange/ledger.read' }).scopes).toEqual(['user/*.rs']);
    expect(read({ roles: ['clinician', '__proto__', 'god'], purpose_of_use: 'HCOMPL' })).toMatchObject({
      scopes: [],
      person: { roles: [] },
    });
  });
});

describe('externalSubject', () => {
  it('reads a person as far as the configuration maps what is said of them', () => {
    expect(externalSubject(external, terms)).toMatchObject({
      ...{
        clientId: 'portal/https://login.mercy.example#7',
        userId: 'https://login.mercy.example#7',
        memberId: 'mercy',
      },
      scopes: ['user/*.rs'],
      person: { acr: PERSON_ACR, amr: ['pop', 'mfa', 'hwk'], roles: ['clinician'] },
    });
  });

  it('believes its own word for our class, our methods and our member no more than any other', () => {
    const said = {
      acr: PERSON_ACR,
      amr: ['hwk', 'mfa'],
      groups: ['clinician'],
      roles: ['clinician'],
      member_id: 'st-marys',
    };
    expect(externalSubject({ ...external, ...said }, terms)).toMatchObject({
      memberId: 'mercy',
      scopes: [],
      person: { acr: '', amr: [], roles: [] },
    });
  });

  it.each<[string, object, string]>([
    ['a client that is not listed', { azp: 'golf-club' }, 'token-audience'],
    ['no client', { azp: undefined }, 'token-audience'],
    ['no purpose', { purpose_of_use: undefined }, 'purpose-unknown'],
    ['no methods', { amr: undefined }, 'token-malformed'],
  ])('refuses %s', (_name, over, code) => {
    expect(outcome(() => externalSubject({ ...external, ...over }, terms))).toBe(code);
  });

  it('finds nothing under names that every object has', () => {
    const odd = { amr: ['constructor', '__proto__'], groups: ['toString'] };
    expect(externalSubject({ ...external, ...odd }, terms).person).toMatchObject({ amr: [], roles: [] });
  });
});
