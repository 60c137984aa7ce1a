import { type KeyObject, createHash, randomBytes, verify } from 'node:crypto';

import { algorithmOf, digests, thumbprint } from '../keys/jwk-signing-key.js';
import type { SigningAlgorithm, SigningKey } from '../keys/signing-key.js';
import { CK, type Cryptoki, loadCryptoki } from './cryptoki.js';
import { ecPublicKey, paramsOf } from './ec-public-key.js';
import { Pkcs11Error } from './pkcs11-error.js';
import { Pkcs11Session, slotOf } from './pkcs11-session.js';

export interface Pkcs11Settings {
  /** Path of the vendor's shared library. */
  readonly module: string;
  /** The token's label. */
  readonly token: string;
  /** Asked for at each login, and not kept. */
  readonly pin: () => string;
}

const IV_BYTES = 12;
/** A call of these may have been lost with its session, and is made once more in a new one. */
const lostSession = [
  ...[CK.CKR_DEVICE_ERROR, CK.CKR_DEVICE_REMOVED, CK.CKR_TOKEN_NOT_PRESENT, CK.CKR_USER_NOT_LOGGED_IN],
  ...[CK.CKR_SESSION_CLOSED, CK.CKR_SESSION_HANDLE_INVALID, CK.CKR_KEY_HANDLE_INVALID, CK.CKR_OBJECT_HANDLE_INVALID],
].map((rv) => `0x${rv.toString(16)}`);

/**
 * A token behind a PKCS#11 module: a hardware security module, a smart card, or SoftHSM.
 *
 * Keys are found by their label, which is theirs alone within their class. Signatures are made one after another in a session of their own,
 * on a thread beside the main one; what happens at a start or a reload is synchronous, in another session.
 */
export class Pkcs11Token {
  private readonly cryptoki: Cryptoki;
  private readonly sessions = new Map<'signing' | 'other', Pkcs11Session>();
  private turn: Promise<unknown> = Promise.resolve();

  /** @throws Pkcs11Error `module-unusable`, `token-missing`, `pin-refused`, `call-failed` */
  constructor(private readonly settings: Pkcs11Settings) {
    this.cryptoki = loadCryptoki(settings.module);
    this.session('other');
  }

  close(): void {
    for (const session of this.sessions.values()) session.close();
    this.sessions.clear();
  }

  /** @throws Pkcs11Error `key-missing`, `key-ambiguous`, `key-unsupported` */
  signingKey(label: string, kid?: string): SigningKey {
    const { publicKey, alg } = this.now((session) => {
      session.find(CK.CKO_PRIVATE_KEY, label);
      const object = session.find(CK.CKO_PUBLIC_KEY, label);
      const params = session.attribute(object, CK.CKA_EC_PARAMS);
      const { crv, key } = ecPublicKey(params, session.attribute(object, CK.CKA_EC_POINT));
      return { publicKey: key, alg: algorithmOf(crv) };
    });
    return {
      ...{ kid: kid ?? thumbprint(publicKey), alg, publicKey },
      sign: (message) => this.inTurn(() => this.sign(label, { alg, publicKey }, message)),
    };
  }

  /** Encrypts under an AES key of the token: IV, ciphertext and tag. `additional` must be said again to decrypt. */
  seal(label: string, plain: Buffer, additional: Buffer): Buffer {
    const iv = randomBytes(IV_BYTES);
    return this.now((session) =>
      Buffer.concat([iv, session.encrypt(session.find(CK.CKO_SECRET_KEY, label), iv, additional, plain)]),
    );
  }

  /** @throws Pkcs11Error `call-failed` when it was sealed under another key, for something else, or changed. */
  open(label: string, sealed: Buffer, additional: Buffer): Buffer {
    const [iv, rest] = [Buffer.from(sealed.subarray(0, IV_BYTES)), sealed.subarray(IV_BYTES)];
    return this.now((session) => session.decrypt(session.find(CK.CKO_SECRET_KEY, label), iv, additional, rest));
  }

  /** Makes a pair of keys whose private half never leaves the token. @throws Pkcs11Error `key-ambiguous` when there is one. */
  generateSigningKey(label: string, crv: 'Ed25519' | 'P-256' | 'P-384', kid?: string): SigningKey {
    const mechanism = crv === 'Ed25519' ? CK.CKM_EC_EDWARDS_KEY_PAIR_GEN : CK.CKM_EC_KEY_PAIR_GEN;
    this.now((session) => {
      this.refuseSecond(session, CK.CKO_PRIVATE_KEY, label);
      session.generateKeyPair(
        mechanism,
        [
          [CK.CKA_TOKEN, true],
          [CK.CKA_LABEL, label],
          [CK.CKA_VERIFY, true],
          [CK.CKA_EC_PARAMS, paramsOf(crv)],
        ],
        [...secretOf(label), [CK.CKA_SIGN, true]],
      );
    });
    return this.signingKey(label, kid);
  }

  /** Makes an AES-256 key that never leaves the token. @throws Pkcs11Error `key-ambiguous` when there is one. */
  generateWrappingKey(label: string): void {
    this.now((session) => {
      this.refuseSecond(session, CK.CKO_SECRET_KEY, label);
      session.generateKey(CK.CKM_AES_KEY_GEN, [
        ...secretOf(label),
        [CK.CKA_KEY_TYPE, CK.CKK_AES],
        [CK.CKA_VALUE_LEN, 32],
        [CK.CKA_ENCRYPT, true],
        [CK.CKA_DECRYPT, true],
      ]);
    });
  }

  /** Makes the AES key unless it is there. */
  ensureWrappingKey(label: string): void {
    try {
      this.now((session) => session.find(CK.CKO_SECRET_KEY, label));
    } catch (error) {
      if (!(error instanceof Pkcs11Error) || error.code !== 'key-missing') throw error;
      this.generateWrappingKey(label);
    }
  }

  /** Destroys both halves of a signing key, for good. */
  destroySigningKey(label: string): void {
    this.now((session) => {
      for (const each of [CK.CKO_PRIVATE_KEY, CK.CKO_PUBLIC_KEY]) session.destroy(session.find(each, label));
    });
  }

  private async sign(label: string, key: Verifying, message: Uint8Array): Promise<Buffer> {
    const { alg, publicKey } = key;
    const [mechanism, said] =
      alg === 'EdDSA' ? [CK.CKM_EDDSA, message] : [CK.CKM_ECDSA, createHash(digests[alg]).update(message).digest()];
    const signature = await this.again('signing', (session) =>
      session.sign(mechanism, session.find(CK.CKO_PRIVATE_KEY, label), said),
    );
    // A device that errs, or another key under the same label, must not be found out by whoever receives the signature.
    if (!isSignature(alg, publicKey, message, signature)) throw new Pkcs11Error('signature-invalid', label);
    return signature;
  }

  private refuseSecond(session: Pkcs11Session, objectClass: number, label: string): void {
    const found = session.search([
      [CK.CKA_CLASS, objectClass],
      [CK.CKA_LABEL, label],
    ]);
    if (found.length > 0) throw new Pkcs11Error('key-ambiguous', label);
  }

  /** One signature after another: a session has one operation at a time. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private now<T>(work: (session: Pkcs11Session) => T): T {
    try {
      return work(this.session('other'));
    } catch (error) {
      if (!this.isLost('other', error)) throw error;
      return work(this.session('other'));
    }
  }

  private async again<T>(which: 'signing', work: (session: Pkcs11Session) => Promise<T>): Promise<T> {
    try {
      return await work(this.session(which));
    } catch (error) {
      if (!this.isLost(which, error)) throw error;
      return work(this.session(which));
    }
  }

  /** Lets go of a session that is no more. */
  private isLost(which: 'signing' | 'other', error: unknown): boolean {
    if (!(error instanceof Pkcs11Error) || error.code !== 'call-failed') return false;
    if (!lostSession.some((rv) => error.detail?.endsWith(` ${rv}`))) return false;
    this.sessions.delete(which);
    return true;
  }

  private session(which: 'signing' | 'other'): Pkcs11Session {
    const open = this.sessions.get(which);
    if (open !== undefined) return open;
    const { token, pin } = this.settings;
    const session = new Pkcs11Session(this.cryptoki, slotOf(this.cryptoki, token), pin());
    this.sessions.set(which, session);
    return session;
  }
}

interface Verifying {
  readonly alg: SigningAlgorithm;
  readonly publicKey: KeyObject;
}

/** A private or secret object: stays in the token, is shown to nobody, needs the PIN. */
const secretOf = (label: string) =>
  [
    [CK.CKA_TOKEN, true],
    [CK.CKA_PRIVATE, true],
    [CK.CKA_SENSITIVE, true],
    [CK.CKA_EXTRACTABLE, false],
    [CK.CKA_LABEL, label],
  ] as const;

const isSignature = (alg: SigningAlgorithm, key: KeyObject, message: Uint8Array, signature: Buffer): boolean =>
  alg === 'EdDSA'
    ? verify(null, message, key, signature)
    : verify(digests[alg], message, { key, dsaEncoding: 'ieee-p1363' }, signature);
