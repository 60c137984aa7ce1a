export { type Finding, type GoTools, type GoToolsOptions, goTools, type LogKeys } from './go-tools.js';
export { applyIn } from './query-runner.js';
export { type CeremonyOptions, SoftwareAuthenticator } from './software-authenticator.js';
export { type CertificateWish, TestAuthority, type TestCertificate } from './test-authority.js';
export { type SoftHsm, softHsm, softHsmModule } from './soft-hsm.js';
export { TEST_AUDIENCE, TEST_ISSUER, testClaims } from './test-claims.js';
export { type TestSchema, required, testSchema } from './test-database.js';
export {
  type TestExchangeKeys,
  type TestKeyring,
  type TestMemberKeys,
  testExchangeKeys,
  testMemberKeys,
} from './test-keyring.js';
