export { jwkSigningKey } from './keys/jwk-signing-key.js';
export {
  type KeyKind,
  type KeyVault,
  type VaultKey,
  fileVault,
  readKeyFileAt,
  tokenVault,
  writeKeyFile,
  writeOwn,
} from './keys/key-vault.js';
export { MemberKeyError, MemberKeyFolder } from './keys/member-key-folder.js';
export { refuseReadableByOthers } from './keys/refuse-readable-by-others.js';
export {
  type RotationStep,
  RotationRefused,
  rotateEntries,
  rotateMaster,
  rotateWrapping,
  whyMasterStays,
} from './keys/rotate-entries.js';
export { type KeyFileSeal, readSealed, secretFileSeal, tokenSeal, writeSealed } from './keys/sealed-key-file.js';
export type { KeyStore, SigningAlgorithm, SigningKey, SigningUse } from './keys/signing-key.js';
export { type Pkcs11Code, Pkcs11Error } from './pkcs11/pkcs11-error.js';
export { type Pkcs11Settings, Pkcs11Token } from './pkcs11/pkcs11-token.js';
