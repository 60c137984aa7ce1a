import { memberChanged } from '@hie/contracts';

import { memberRegistrationSchema } from './member-registration.js';

const { eventId, version, at, status, ...registration } = memberChanged.example;
const client = registration.clients[0]!;
const faultsOf = (over: object) =>
  memberRegistrationSchema.safeParse({ ...registration, ...over }).error?.issues.map(({ path }) => path.join('.')) ??
  [];

describe('memberRegistrationSchema', () => {
  it('accepts a member with public keys, known purposes and https endpoints', () => {
    expect(faultsOf({})).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['a private key', { clients: [{ ...client, jwks: { keys: [{ kty: 'EC', d: 'x' }] } }] }, 'clients.0.jwks'],
    ['a symmetric key', { clients: [{ ...client, jwks: { keys: [{ kty: 'oct', k: 'x' }] } }] }, 'clients.0.jwks'],
    ['an unknown purpose', { clients: [{ ...client, purposes: ['treat'] }] }, 'clients.0.purposes'],
    ['the name of who runs the exchange', { memberId: 'exchange-operator' }, 'memberId'],
    [
      'a client with the name of who runs the exchange',
      { clients: [{ ...client, clientId: 'exchange-operator' }] },
      'clients.0.clientId',
    ],
    ['a client named twice', { clients: [client, client] }, 'clients.1.clientId'],
    ['plain http', { endpoints: [{ kind: 'fhir-r4', url: 'http://a.example' }] }, 'endpoints.0.url'],
    ['credentials in a URL', { endpoints: [{ kind: 'fhir-r4', url: 'https://u:p@a.example' }] }, 'endpoints.0.url'],
    ['a file URL', { endpoints: [{ kind: 'fhir-r4', url: 'file:///etc/passwd' }] }, 'endpoints.0.url'],
  ])('refuses %s', (_name, over, path) => {
    expect(faultsOf(over)).toContain(path);
  });

  it('refuses a member that says of itself that it is active (ATTACKS B13)', () => {
    expect(memberRegistrationSchema.safeParse({ ...registration, status: 'active' }).success).toBe(false);
  });
});
