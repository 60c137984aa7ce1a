import { type KeyObject, generateKeyPairSync } from 'node:crypto';

import { type SealHeader, type SealKey, openSeal, signSeal } from './hop-seal.js';
import { sealVerifier } from './seal-verifier.js';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const header: SealHeader = { v: 1, msgid: 'm', txn: 't', topic: 'asked', hop: 0, iat: 1_790_000_000, ch: 'c' };
const seal = (msgid: string, key: KeyObject = privateKey): string => signSeal({ ...header, msgid }, 'g-1', key);
const entry = (key: KeyObject): [string, SealKey] => ['g-1', { service: 'gateway', key }];

function verifier(capacity = 10) {
  const keys = new Map([entry(publicKey)]);
  const { open: verify, made } = sealVerifier({ keys: () => keys, capacity });
  return { keys, verify, made };
}

describe(sealVerifier.name, () => {
  it('opens a seal, and the second time without a look at the signature', () => {
    const { verify } = verifier();
    const sealed = seal('m-1');
    const opened = verify(sealed);
    expect(opened).toMatchObject({ service: 'gateway', kid: 'g-1', header: { msgid: 'm-1' } });
    expect(verify(sealed)).toBe(opened);
  });

  it('takes its maker’s word for a seal that it has made, while the key is published', () => {
    const { keys, verify, made } = verifier();
    const [own, unpublished] = [seal('m-1'), seal('m-2')];
    const opened = openSeal(own, keys);
    made(own, opened);
    expect(verify(own)).toBe(opened);
    expect(() => verify(own.replace(/.{4}$/, 'AAAA'))).toThrow('seal-signature-invalid');
    keys.clear();
    made(unpublished, openSeal(unpublished, new Map([entry(publicKey)])));
    expect(() => verify(own)).toThrow('seal-key-unknown');
    expect(() => verify(unpublished)).toThrow('seal-key-unknown');
  });

  it('refuses a forged seal each time, and one that resembles a good one', () => {
    const { verify } = verifier();
    const forged = seal('m-1', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    expect(() => verify(forged)).toThrow('seal-signature-invalid');
    verify(seal('m-1'));
    expect(() => verify(forged)).toThrow('seal-signature-invalid');
  });

  it('stops believing when the key is withdrawn or replaced', () => {
    const { keys, verify } = verifier();
    const sealed = seal('m-1');
    verify(sealed);
    keys.set(...entry(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey));
    expect(() => verify(sealed)).toThrow('seal-signature-invalid');
    keys.clear();
    expect(() => verify(sealed)).toThrow('seal-key-unknown');
  });

  it('remembers no more than it may', () => {
    const { verify } = verifier(2);
    const sealed = seal('m-1');
    const [first, again] = [verify(sealed), verify(sealed)];
    expect(again).toBe(first);
    verify(seal('m-2'));
    verify(seal('m-3'));
    expect(verify(sealed)).not.toBe(first);
  });
});
