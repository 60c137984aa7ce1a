import { generateKeyPairSync } from 'node:crypto';

import { memberChanged } from '@hie/contracts';
import { jwkThumbprint } from '@hie/purpose-of-use';

import { MemberDirectory } from './member-directory.js';

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const [client] = memberChanged.example.clients;
const change = (version: number, ...keys: object[]) => ({
  ...memberChanged.example,
  version,
  clients: [{ ...client, clientId: 'st-marys-emr', jwks: { keys } }] as never,
});

describe('MemberDirectory', () => {
  it('knows a client’s keys as the newest announcement has them (ATTACKS A24)', () => {
    const directory = new MemberDirectory();
    const [first, second] = [newKey(), newKey()];
    directory.apply(change(1, first));
    directory.apply(change(2, first, second));
    expect([...(directory.client('st-marys-emr')?.keys ?? [])]).toEqual([first, second].map(jwkThumbprint));
    directory.apply(change(3, second));
    directory.apply(change(2, first, second));
    expect([...(directory.client('st-marys-emr')?.keys ?? [])]).toEqual([jwkThumbprint(second)]);
  });

  it('counts out who is suspended, and who was forgotten', () => {
    const forgotten = new Set<string>();
    const directory = new MemberDirectory((memberId) => !forgotten.has(memberId));
    const { memberId } = memberChanged.example;
    expect(directory.isActive(memberId)).toBe(false);
    directory.apply(change(1));
    expect(directory.active(memberId)?.version).toBe(1);
    forgotten.add(memberId);
    expect([directory.isActive(memberId), directory.find(memberId)?.status]).toEqual([false, 'active']);
    forgotten.clear();
    directory.apply({ ...change(2), status: 'suspended' });
    expect(directory.active(memberId)).toBeUndefined();
  });

  it('takes a key that is none for none', () => {
    const directory = new MemberDirectory();
    directory.apply(change(1, { kty: 'EC' }));
    expect(directory.client('st-marys-emr')?.keys.size).toBe(0);
  });
});
