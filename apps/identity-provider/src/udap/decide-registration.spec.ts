import { decideRegistration, rightsOf } from './decide-registration.js';

const clients = [
  { clientId: 'emr', jwks: { keys: [{}] }, scopes: ['system/*.rs'], purposes: ['TREAT', 'ETREAT'] },
  { clientId: 'lab', jwks: { keys: [{}] }, scopes: ['system/*.rs', 'system/Patient.cu'], purposes: ['TREAT'] },
];
const rights = rightsOf({ clients });
const asking = (...scopes: string[]) => ({ grantTypes: ['client_credentials'], scopes });

describe('rightsOf', () => {
  it('is what the member’s systems have, each once', () => {
    expect(rights).toEqual({ scopes: ['system/*.rs', 'system/Patient.cu'], purposes: ['TREAT', 'ETREAT'] });
  });
});

describe('decideRegistration', () => {
  it('registers with what the member has of what is asked for', () => {
    expect(decideRegistration(asking('system/*.rs', 'exchange/ledger.read'), rights, false)).toEqual({
      kind: 'register',
      scopes: ['system/*.rs'],
    });
  });

  it('changes what is registered, and cancels it where no grant type is left', () => {
    expect(decideRegistration(asking('system/*.rs'), rights, true)).toEqual({
      kind: 'change',
      scopes: ['system/*.rs'],
    });
    expect(decideRegistration({ grantTypes: [], scopes: [] }, rights, true)).toEqual({ kind: 'cancel' });
  });

  it.each([
    ['scopes that the member has not', asking('exchange/participants.manage'), true, 'scope-not-granted'],
    ['no scope', asking(), false, 'scope-not-granted'],
    ['a cancellation of nothing', { grantTypes: [], scopes: [] }, false, 'nothing-to-cancel'],
  ])('refuses %s', (_name, statement, isKnown, reason) => {
    expect(() => decideRegistration(statement, rights, isKnown)).toThrow(
      expect.objectContaining({ code: 'invalid_client_metadata', reason }) as Error,
    );
  });
});
