import { type KeyObject, generateKeyPairSync } from 'node:crypto';

import { type SealHeader, type SealKey, signSeal } from './hop-seal.js';
import { sealVerifier } from './seal-verifier.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const header: SealHeader = { v: 1, msgid: 'm', txn: 't', topic: 'asked', hop: 0, iat: 1_790_000_000, ch: 'c' };
const seal = (msgid: string, key: KeyObject = privateKey): string => signSeal({ ...header, msgid }, 'g-1', key);
const entry = (key: KeyObject): [string, SealKey] => ['g-1', { service: 'gateway', key }];

function verifier(capacity = 10) {
  const keys = new Map([entry(publicKey)]);
  return { keys, verify: sealVerifier({ keys: () => keys, capacity }) };
}

describe(sealVerifier.name, () => {
  it('opens a seal, and the second time without a look at the signature', () => {
    const { verify } = verifier();
    const opened = verify(seal('m-1'));
    expect(opened).toMatchObject({ service: 'gateway', kid: 'g-1', header: { msgid: 'm-1' } });
    expect(verify(seal('m-1'))).toBe(opened);
  });

  it('refuses a forged seal each time, and one that resembles a good one', () => {
    const { verify } = verifier();
    const forged = seal('m-1', generateKeyPairSync('ed25519').privateKey);
    expect(() => verify(forged)).toThrow('seal-signature-invalid');
    verify(seal('m-1'));
    expect(() => verify(forged)).toThrow('seal-signature-invalid');
  });

  it('stops believing when the key is withdrawn or replaced', () => {
    const { keys, verify } = verifier();
    verify(seal('m-1'));
    keys.set(...entry(generateKeyPairSync('ed25519').publicKey));
    expect(() => verify(seal('m-1'))).toThrow('seal-signature-invalid');
    keys.clear();
    expect(() => verify(seal('m-1'))).toThrow('seal-key-unknown');
  });

  it('remembers no more than it may', () => {
    const { verify } = verifier(2);
    const [first, again] = [verify(seal('m-1')), verify(seal('m-1'))];
    expect(again).toBe(first);
    verify(seal('m-2'));
    verify(seal('m-3'));
    expect(verify(seal('m-1'))).not.toBe(first);
  });
});
