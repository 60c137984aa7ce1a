export { attenuate, fullAllowance } from './authority.js';
export {
  type CheckedMessage,
  type Expectation,
  type MessageRules,
  type WireMessage,
  checkMessage,
} from './check-message.js';
export { digestOf } from './compact-jws.js';
export { TrustError, type TrustErrorCode, type Verified } from './errors.js';
export { type Authority, type HandlerPolicy, checkPolicy } from './handler-policy.js';
export {
  type Allowance,
  type OpenSeal,
  SEAL_TYPE,
  type SealHeader,
  type SealKey,
  type SealKeys,
  checkLinks,
  openSeal,
  peekSeal,
  signSeal,
} from './hop-seal.js';
export { signEvent, signerOf } from './event-signature.js';
export { jwkThumbprint } from './jwk-thumbprint.js';
export {
  MAX_SIGN_IN_AGE_S,
  PERSON_ACR,
  type PersonPolicy,
  STEP_UP_MAX_AGE_S,
  type AccountPatient,
  type SignedInPerson,
  type StepUpReason,
  checkPerson,
  signedInPersonOf,
} from './person-access.js';
export {
  ACT_REASON_OID,
  ACT_REASON_SYSTEM,
  type Purpose,
  TEFCA_SYSTEM,
  clinicalPurposes,
  isPurpose,
  parsePurpose,
  purposeDisplay,
  purposes,
  soleOf,
  tefcaPurposes,
} from './purpose.js';
export { type SealVerifier, type SealVerifierOptions, type VerifySeal, sealVerifier } from './seal-verifier.js';
export { type Role, exchangeRoles, isRole, ownRecordRoles, personScopes, rightsFor, roles } from './role.js';
export { coversInteraction, exchangeScopes, hopScopes, smartScopes } from './smart-scopes.js';
export { type Narrowing, type Renewal, isSubset, replacementClaims, scopesOf } from './token-replacement.js';
export { type TokenVerifier, type TokenVerifierOptions, type VerifyToken, tokenVerifier } from './token-verifier.js';
export {
  MAX_TOKEN_BYTES,
  MAX_TOKEN_LIFETIME_S,
  type RequesterContext,
  TRANSACTION_TOKEN_TYPE,
  type TokenExpectation,
  type TokenKeys,
  type TransactionClaims,
  type TransactionContext,
  mintTransactionToken,
  mintTransactionTokenBy,
  verifyTransactionToken,
} from './transaction-token.js';
