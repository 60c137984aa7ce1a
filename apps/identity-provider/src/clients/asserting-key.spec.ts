import { jwkThumbprint } from '@hie/purpose-of-use';
import { type CryptoKey, SignJWT, exportJWK, generateKeyPair } from 'jose';

import { assertingKey } from './asserting-key.js';

const newKey = async (alg: string, kid?: string) => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), ...(kid === undefined ? {} : { kid }) } };
};
const signed = (key: CryptoKey, header: { alg: string; kid?: string } = { alg: 'ES256' }) =>
  new SignJWT({ iss: 'emr' }).setProtectedHeader(header).sign(key);

const [first, second, other] = await Promise.all([newKey('ES256'), newKey('ES256'), newKey('EdDSA', 'third')]);
const keys = [first.jwk, other.jwk, second.jwk];

describe('assertingKey', () => {
  it('names the key by its thumbprint, whichever of them it is', async () => {
    expect(await assertingKey(await signed(second.privateKey), keys)).toBe(jwkThumbprint(second.jwk));
    expect(await assertingKey(await signed(first.privateKey), keys)).toBe(jwkThumbprint(first.jwk));
    const third = await signed(other.privateKey, { alg: 'EdDSA', kid: 'third' });
    expect(await assertingKey(third, keys)).toBe(jwkThumbprint(other.jwk));
  });

  it('names none for a key that is not registered (any more), whatever id the assertion gives', async () => {
    expect(await assertingKey(await signed(second.privateKey), [first.jwk, other.jwk])).toBeUndefined();
    const lying = await signed(second.privateKey, { alg: 'ES256', kid: 'third' });
    expect(await assertingKey(lying, keys)).toBeUndefined();
  });
});
