// ATTACKS A24, B6.
import { generateKeyPairSync } from 'node:crypto';

import { OPERATOR, clientRegistered, memberChanged } from '@hie/contracts';
import { jwkThumbprint } from '@hie/purpose-of-use';
import { MemberDirectory } from '@hie/service-kit';

import { checkMember } from './check-member.js';
import { SelfRegisteredClients } from './self-registered-clients.js';

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const [client] = memberChanged.example.clients;
const directory = new MemberDirectory();
directory.apply({ ...memberChanged.example, clients: [{ ...client, jwks: { keys: [key] } }] as never });
directory.apply({ ...memberChanged.example, memberId: 'closed', status: 'suspended', clients: [] });
const emr = { memberId: 'st-marys', clientId: 'st-marys-emr', clientKey: jwkThumbprint(key) as string };
const selfRegistered = new SelfRegisteredClients();
const registered = { ...clientRegistered.example, memberId: 'st-marys' };
selfRegistered.apply({ ...registered, clientId: 'udap-1' });
selfRegistered.apply({ ...registered, clientId: 'udap-2', status: 'cancelled', version: 2 });
selfRegistered.apply({ ...registered, clientId: 'udap-2', version: 1 });
selfRegistered.apply({ ...registered, clientId: 'udap-3', memberId: 'closed' });
const person = { acr: 'a', amr: [], authTimeS: 0, roles: [] };

describe('checkMember', () => {
  it.each([
    ['a client under a key that it has', emr],
    [
      'a person of the member, through a client that is nobody’s',
      { memberId: 'st-marys', clientId: 'console', person },
    ],
    ['a system that registered itself', { ...emr, clientId: 'udap-1', clientKey: 'any' }],
    ['who runs the exchange', { memberId: OPERATOR, clientId: OPERATOR }],
  ])('lets %s in', (_name, subject) => {
    expect(() => checkMember(directory, selfRegistered, subject)).not.toThrow();
  });

  it.each([
    ['a key that is not the client’s (any more)', { ...emr, clientKey: 'x' }, 'client-key-unknown'],
    ['no key', { memberId: emr.memberId, clientId: emr.clientId }, 'client-key-unknown'],
    ['another member’s client', { ...emr, memberId: 'lakeside' }, 'member-suspended'],
    ['an unknown client', { ...emr, clientId: 'st-marys-lab' }, 'member-suspended'],
    ['a system that cancelled its registration', { ...emr, clientId: 'udap-2' }, 'member-suspended'],
    ['a system of a member that is out', { ...emr, memberId: 'closed', clientId: 'udap-3' }, 'member-suspended'],
    ['a self-registered system in another member’s name', { ...emr, clientId: 'udap-3' }, 'member-suspended'],
    ['a person of a member that is out', { memberId: 'closed', clientId: 'console', person }, 'member-suspended'],
  ])('refuses %s', (_name, subject, code) => {
    expect(() => checkMember(directory, selfRegistered, subject)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
