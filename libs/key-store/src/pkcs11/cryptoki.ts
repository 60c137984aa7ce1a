// PKCS#11 (Cryptoki) 2.40, with the Edwards curves of 3.0: https://docs.oasis-open.org/pkcs11/pkcs11-base/v3.0/
import { createRequire } from 'node:module';
import { promisify } from 'node:util';

import type * as koffiTypes from 'koffi';

import { Pkcs11Error } from './pkcs11-error.js';

/** The constants used here, by their names in the standard. */
export const CK = {
  CKF_OS_LOCKING_OK: 0x2,
  CKF_RW_SESSION: 0x2,
  CKF_SERIAL_SESSION: 0x4,
  CKU_USER: 1,
  CKO_PUBLIC_KEY: 2,
  CKO_PRIVATE_KEY: 3,
  CKO_SECRET_KEY: 4,
  CKK_AES: 0x1f,
  CKA_CLASS: 0x0,
  CKA_TOKEN: 0x1,
  CKA_PRIVATE: 0x2,
  CKA_LABEL: 0x3,
  CKA_KEY_TYPE: 0x100,
  CKA_SENSITIVE: 0x103,
  CKA_ENCRYPT: 0x104,
  CKA_DECRYPT: 0x105,
  CKA_SIGN: 0x108,
  CKA_VERIFY: 0x10a,
  CKA_VALUE_LEN: 0x161,
  CKA_EXTRACTABLE: 0x162,
  CKA_EC_PARAMS: 0x180,
  CKA_EC_POINT: 0x181,
  CKM_EC_KEY_PAIR_GEN: 0x1040,
  CKM_ECDSA: 0x1041,
  CKM_EC_EDWARDS_KEY_PAIR_GEN: 0x1055,
  CKM_EDDSA: 0x1057,
  CKM_AES_KEY_GEN: 0x1080,
  CKM_AES_GCM: 0x1087,
  CKR_OK: 0x0,
  CKR_DEVICE_ERROR: 0x30,
  CKR_DEVICE_REMOVED: 0x32,
  CKR_KEY_HANDLE_INVALID: 0x60,
  CKR_OBJECT_HANDLE_INVALID: 0x82,
  CKR_PIN_INCORRECT: 0xa0,
  CKR_PIN_LOCKED: 0xa4,
  CKR_SESSION_CLOSED: 0xb0,
  CKR_SESSION_HANDLE_INVALID: 0xb3,
  CKR_TOKEN_NOT_PRESENT: 0xe0,
  CKR_USER_ALREADY_LOGGED_IN: 0x100,
  CKR_USER_NOT_LOGGED_IN: 0x101,
  CKR_CRYPTOKI_ALREADY_INITIALIZED: 0x191,
} as const;

/** One attribute of an object: bytes as they are, a number as CK_ULONG, a boolean as CK_BBOOL, a text as UTF-8. */
export type Attribute = readonly [type: number, value: Uint8Array | number | boolean | string];

/** CK_ULONG is the C type `unsigned long`; on 64-bit Linux and macOS that is 8 bytes. */
const ULONG_BYTES = 8;

/** Attributes as C takes them. */
export const attributes = (list: readonly Attribute[]) =>
  list.map(([type, value]) => {
    const bytes = bytesOf(value);
    return { type, pValue: bytes, ulValueLen: bytes.length };
  });

function bytesOf(value: Attribute[1]): Buffer {
  if (typeof value === 'string') return Buffer.from(value);
  if (typeof value === 'boolean') return Buffer.of(value ? 1 : 0);
  if (typeof value !== 'number') return Buffer.from(value);
  const bytes = Buffer.alloc(ULONG_BYTES);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

/** A mechanism that takes no parameter. */
export const plainMechanism = (mechanism: number) => ({ mechanism, pParameter: null, ulParameterLen: 0 });

/** AES-GCM with a tag of 128 bits, for `C_EncryptInit` and `C_DecryptInit`. */
export const gcmMechanism = (iv: Buffer, additional: Buffer) => ({
  mechanism: CK.CKM_AES_GCM,
  pParameter: {
    ...{ pIv: iv, ulIvLen: iv.length, ulIvBits: iv.length * 8 },
    ...{ pAAD: additional, ulAADLen: additional.length, ulTagBits: 128 },
  },
  ulParameterLen: 6 * ULONG_BYTES,
});

/** The functions of a module that are called, each returning a CK_RV. */
export interface Cryptoki {
  call(name: CryptokiFunction, ...args: unknown[]): number;
  /** The same on a thread of the library's own, so that a token across a network holds nobody up. */
  callAside(name: CryptokiFunction, ...args: unknown[]): Promise<number>;
}

/** The parameters of each function, by the names that `parameterTypes` gives to their types. */
const signatures = {
  C_Initialize: ['initialisation'],
  C_GetSlotList: ['bool', 'numbersOut', 'number'],
  C_GetTokenInfo: ['ulong', 'bytesOut'],
  C_OpenSession: ['ulong', 'ulong', 'pointer', 'pointer', 'numbersOut'],
  C_CloseSession: ['ulong'],
  C_Login: ['ulong', 'ulong', 'bytes', 'ulong'],
  C_FindObjectsInit: ['ulong', 'attributes', 'ulong'],
  C_FindObjects: ['ulong', 'numbersOut', 'ulong', 'numbersOut'],
  C_FindObjectsFinal: ['ulong'],
  C_GetAttributeValue: ['ulong', 'ulong', 'attributesRead', 'ulong'],
  C_SignInit: ['ulong', 'mechanism', 'ulong'],
  C_Sign: ['ulong', 'bytes', 'ulong', 'bytesOut', 'number'],
  C_EncryptInit: ['ulong', 'gcmMechanism', 'ulong'],
  C_Encrypt: ['ulong', 'bytes', 'ulong', 'bytesOut', 'number'],
  C_DecryptInit: ['ulong', 'gcmMechanism', 'ulong'],
  C_Decrypt: ['ulong', 'bytes', 'ulong', 'bytesOut', 'number'],
  C_GenerateKey: ['ulong', 'mechanism', 'attributes', 'ulong', 'numbersOut'],
  C_GenerateKeyPair: [
    ...['ulong', 'mechanism'],
    ...['attributes', 'ulong', 'attributes', 'ulong'],
    ...['numbersOut', 'numbersOut'],
  ],
  C_DestroyObject: ['ulong', 'ulong'],
} as const;

export type CryptokiFunction = keyof typeof signatures;
const functionNames = Object.keys(signatures) as CryptokiFunction[];

const loaded = new Map<string, Cryptoki>();

/**
 * Loads and initialises a module, once a process.
 *
 * @throws Pkcs11Error `module-unusable` when the file is no PKCS#11 module of this machine, `call-failed` when it does not start.
 */
export function loadCryptoki(modulePath: string): Cryptoki {
  const known = loaded.get(modulePath);
  if (known !== undefined) return known;
  const cryptoki = bind(modulePath);
  const rv = cryptoki.call('C_Initialize', { flags: CK.CKF_OS_LOCKING_OK });
  if (rv !== CK.CKR_OK && rv !== CK.CKR_CRYPTOKI_ALREADY_INITIALIZED) throw callFailed('C_Initialize', rv);
  loaded.set(modulePath, cryptoki);
  return cryptoki;
}

export const callFailed = (name: string, rv: number): Pkcs11Error =>
  new Pkcs11Error('call-failed', `${name} 0x${rv.toString(16)}`);

type Koffi = typeof koffiTypes;
type NativeFunction = ReturnType<ReturnType<Koffi['load']>['func']>;

function bind(modulePath: string): Cryptoki {
  // Loaded where a module is configured, and nowhere else: it is native code.
  const koffi = createRequire(import.meta.url)('koffi') as Koffi;
  const types = parameterTypes(koffi);
  const functions = new Map<CryptokiFunction, NativeFunction>();
  try {
    const library = koffi.load(modulePath);
    for (const name of functionNames) {
      const parameters = signatures[name].map((type) => types[type as keyof typeof types]);
      functions.set(name, library.func(name, 'ulong', parameters));
    }
  } catch (cause) {
    throw new Pkcs11Error('module-unusable', undefined, { cause });
  }
  const find = (name: CryptokiFunction) => functions.get(name) as NativeFunction;
  return {
    call: (name, ...args) => find(name)(...args) as number,
    callAside: (name, ...args) => promisify(find(name).async)(...args) as Promise<number>,
  };
}

/** The standard's types. Structs have no names: koffi knows names for the whole process, and takes none twice. */
function parameterTypes(koffi: Koffi) {
  const attribute = koffi.struct({ type: 'ulong', pValue: 'void *', ulValueLen: 'ulong' });
  const mutexes = { createMutex: 'void *', destroyMutex: 'void *', lockMutex: 'void *', unlockMutex: 'void *' };
  const gcm = koffi.struct({
    ...{ pIv: 'void *', ulIvLen: 'ulong', ulIvBits: 'ulong' },
    ...{ pAAD: 'void *', ulAADLen: 'ulong', ulTagBits: 'ulong' },
  });
  const mechanismWith = (pParameter: string | typeof gcm) =>
    koffi.pointer(koffi.struct({ mechanism: 'ulong', pParameter, ulParameterLen: 'ulong' }));
  return {
    ...{ ulong: 'ulong', bool: 'uchar', pointer: 'void *' },
    bytes: 'const uint8_t *',
    bytesOut: koffi.out('uint8_t *'),
    number: koffi.inout('ulong *'),
    numbersOut: koffi.out('ulong *'),
    attributes: koffi.pointer(attribute),
    attributesRead: koffi.inout(koffi.pointer(attribute)),
    mechanism: mechanismWith('void *'),
    gcmMechanism: mechanismWith(koffi.pointer(gcm)),
    initialisation: koffi.pointer(koffi.struct({ ...mutexes, flags: 'ulong', reserved: 'void *' })),
  };
}
