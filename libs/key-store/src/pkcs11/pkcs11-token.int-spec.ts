import { createPublicKey, randomBytes, verify } from 'node:crypto';

import { type SoftHsm, softHsm, softHsmModule } from '@hie/testing-kit';

import { Pkcs11Error } from './pkcs11-error.js';
import { Pkcs11Token } from './pkcs11-token.js';

const withSoftHsm = softHsmModule() === undefined ? describe.skip : describe;
if (softHsmModule() === undefined) {
  console.info('skipped: keys in a PKCS#11 token, because SoftHSM is not installed (Debian: softhsm2)');
}

const message = Buffer.from('a checkpoint');

withSoftHsm('a PKCS#11 token', () => {
  let hsm: SoftHsm;
  let token: Pkcs11Token;
  let logins = 0;
  let wrongPin: string;
  const open = (over: object = {}) => {
    const pin = () => {
      logins += 1;
      return hsm.pin;
    };
    return new Pkcs11Token({ module: hsm.module, token: hsm.token, pin, ...over });
  };
  const refusal = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      if (error instanceof Pkcs11Error) return error.code;
      throw error;
    }
    return 'nothing';
  };
  beforeAll(() => {
    hsm = softHsm();
    // Before anybody has logged in: a token knows an application, not its sessions.
    wrongPin = refusal(() => open({ pin: () => '00000000' }));
    token = open();
    token.generateSigningKey('log-1', 'Ed25519', 'log-1');
    token.generateWrappingKey('key files');
  });
  afterAll(() => {
    token.close();
    hsm.remove();
  });

  it.each([
    ['Ed25519', 'EdDSA', null],
    ['P-256', 'ES256', 'sha256'],
    ['P-384', 'ES384', 'sha384'],
  ] as const)('signs on %s what node:crypto verifies, in the form of a JWS', async (crv, alg, digest) => {
    const key = token.generateSigningKey(`made-${crv}`, crv, 'a-kid');
    expect([key.kid, key.alg]).toEqual(['a-kid', alg]);
    const signature = await key.sign(message);
    expect(signature).toHaveLength(crv === 'P-384' ? 96 : 64);
    const publicKey = createPublicKey({ format: 'jwk', key: key.publicKey.export({ format: 'jwk' }) });
    expect(verify(digest, message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
    expect(verify(digest, Buffer.from('another'), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(
      false,
    );
  });

  it('signs what many ask for at once, each its own', async () => {
    const key = token.signingKey('log-1');
    const messages = Array.from({ length: 40 }, () => randomBytes(100));
    const signatures = await Promise.all(messages.map((each) => key.sign(each)));
    expect(messages.every((each, at) => verify(null, each, key.publicKey, signatures[at]!))).toBe(true);
  });

  it('finds the same key again after a restart, under the thumbprint where it was given no id', () => {
    const again = open();
    expect(again.signingKey('log-1').kid).toMatch(/^[\w-]{43}$/);
    expect(again.signingKey('log-1').publicKey.equals(token.signingKey('log-1').publicKey)).toBe(true);
  });

  it('goes on when its sessions were closed behind its back', async () => {
    const key = token.signingKey('log-1');
    const before = logins;
    // What a device that restarts does to its clients.
    for (const session of (token as unknown as { sessions: Map<string, { close(): void }> }).sessions.values())
      session.close();
    expect(verify(null, message, key.publicKey, await key.sign(message))).toBe(true);
    expect(token.signingKey('log-1').alg).toBe('EdDSA');
    expect(logins).toBeGreaterThan(before);
  });

  it('seals a text under a key of the token, for what it was sealed for alone', () => {
    const plain = randomBytes(1_500);
    const sealed = token.seal('key files', plain, Buffer.from('gateway'));
    expect(sealed.includes(plain.subarray(0, 16))).toBe(false);
    expect(token.open('key files', sealed, Buffer.from('gateway')).equals(plain)).toBe(true);
    expect(refusal(() => token.open('key files', sealed, Buffer.from('consent')))).toBe('call-failed');
    sealed.writeUInt8(sealed.readUInt8(40) ^ 1, 40);
    expect(refusal(() => token.open('key files', sealed, Buffer.from('gateway')))).toBe('call-failed');
  });

  it('refuses a wrong PIN, and asks for it once', () => {
    expect(wrongPin).toBe('pin-refused');
  });

  it('destroys a key for good', async () => {
    const key = token.generateSigningKey('former', 'Ed25519');
    token.destroySigningKey('former');
    expect(refusal(() => token.signingKey('former'))).toBe('key-missing');
    await expect(async () => key.sign(message)).rejects.toThrow(Pkcs11Error);
  });

  it.each([
    ['a module that is no library', () => open({ module: hsm.pinFile }), 'module-unusable'],
    ['a token that is not there', () => open({ token: 'another' }), 'token-missing'],
    ['a key that is not there', () => token.signingKey('none'), 'key-missing'],
    ['a second key of the same label', () => token.generateSigningKey('log-1', 'Ed25519'), 'key-ambiguous'],
    ['a second wrapping key of the same label', () => token.generateWrappingKey('key files'), 'key-ambiguous'],
  ])('refuses %s', (_what, work, code) => {
    expect(refusal(work)).toBe(code);
  });
});
