// What a hop can not do without, on node:crypto alone and with everything at hand: no headers, no JSON, no checks, no look-ups.
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  generateKeyPairSync,
  hash,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';

import type { ArrivedMessage } from '@hie/messaging';

import { LARGE_BYTES, SMALL_BYTES, type Size } from './measured-message.js';

const WRAP_IV = Buffer.from('a6a6a6a6a6a6a6a6', 'hex');
const bodyBytes: Readonly<Record<Size, number>> = { small: SMALL_BYTES, large: LARGE_BYTES };

const signing = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const dataKey = createSecretKey(randomBytes(32));
const wrappingKey = createSecretKey(randomBytes(32));
const associated = randomBytes(32);

/** One operation each, over as many bytes as the message that is measured has them. */
export function bareOperations(message: ArrivedMessage, size: Size) {
  const token = Buffer.from(message.headers['hie-token'] ?? '');
  const seal = Buffer.from(message.headers['hie-seals'] ?? '');
  const tokenSignature = sign('sha256', token, signing.privateKey);
  const sealSignature = sign('sha256', seal, signing.privateKey);
  const plain = randomBytes(bodyBytes[size]);
  const makeDataKey = () => createSecretKey(randomBytes(32));
  const wrap = () => {
    const cipher = createCipheriv('id-aes256-wrap', wrappingKey, WRAP_IV);
    return Buffer.concat([cipher.update(dataKey.export()), cipher.final()]);
  };
  const encrypt = () => {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', dataKey, iv);
    cipher.setAAD(associated);
    const text = cipher.update(plain);
    cipher.final();
    return { iv, text, tag: cipher.getAuthTag() };
  };
  const wrapped = wrap();
  const encrypted = encrypt();
  return {
    verifyToken: () => verify('sha256', token, signing.publicKey, tokenSignature),
    verifySeal: () => verify('sha256', seal, signing.publicKey, sealSignature),
    signSeal: () => sign('sha256', seal, signing.privateKey),
    signToken: () => sign('sha256', token, signing.privateKey),
    makeDataKey,
    wrap,
    unwrap: () => {
      const decipher = createDecipheriv('id-aes256-wrap', wrappingKey, WRAP_IV);
      return createSecretKey(Buffer.concat([decipher.update(wrapped), decipher.final()]));
    },
    encrypt,
    decrypt: () => {
      const decipher = createDecipheriv('aes-256-gcm', dataKey, encrypted.iv);
      decipher.setAAD(associated);
      decipher.setAuthTag(encrypted.tag);
      const text = decipher.update(encrypted.text);
      decipher.final();
      return text;
    },
    digestOfToken: () => hash('sha256', token, 'base64url'),
    digestOfSeal: () => hash('sha256', seal, 'base64url'),
    /** What the seal says of the bytes it was put on. */
    digestOfBody: () => hash('sha256', encrypted.text, 'base64url'),
  };
}

export type BareOperations = ReturnType<typeof bareOperations>;

/** A hop's operations one after the other: once for what comes in, once for what goes out. */
export function bareHop(operations: BareOperations, known: { readonly token: boolean }): void {
  operations.digestOfBody();
  operations.verifySeal();
  operations.digestOfToken();
  if (!known.token) operations.verifyToken();
  operations.unwrap();
  operations.decrypt();
  operations.digestOfSeal();
  bareMessage(operations);
}

/** What goes out: under a data key of its own, wrapped for its one reader. */
function bareMessage(operations: BareOperations): void {
  operations.makeDataKey();
  operations.wrap();
  operations.encrypt();
  operations.digestOfBody();
  operations.signSeal();
}

/**
 * The operations of a whole query: those who act on it (document-query, the gateway at its end) verify the earlier hops' seals too, and
 * the gateway knows its own seal and token again.
 */
export function bareQuery(operations: BareOperations): void {
  operations.signToken();
  bareMessage(operations);
  for (let hop = 0; hop < 4; hop += 1) bareHop(operations, { token: false });
  for (let earlier = 0; earlier < 3 + 3; earlier += 1) operations.verifySeal();
  operations.digestOfBody();
  operations.verifySeal();
  operations.digestOfToken();
  operations.unwrap();
  operations.decrypt();
}
