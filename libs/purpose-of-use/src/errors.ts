/** What had already been proven when a check failed, in the order in which a consumer proves it. */
export type Verified = 'nothing' | 'shape' | 'route' | 'producer' | 'time' | 'seal' | 'chain' | 'token' | 'authority';

/** Why a token, a seal or a message is refused. Closed: every code has a row in `docs/refusals.md` and a test. */
export type TrustErrorCode =
  | 'message-too-large'
  | 'header-missing'
  | 'header-malformed'
  | 'topic-mismatch'
  | 'not-a-consumer'
  | 'seal-key-unknown'
  | 'producer-not-allowed'
  | 'seal-signature-invalid'
  | 'seal-chain-broken'
  | 'seal-outside-token'
  | 'seal-backdated'
  | 'seal-in-future'
  | 'deadline-passed'
  | 'token-malformed'
  | 'token-type'
  | 'token-key-unknown'
  | 'token-signature-invalid'
  | 'token-issuer'
  | 'token-audience'
  | 'token-not-yet-valid'
  | 'token-expired'
  | 'token-lifetime-too-long'
  | 'token-other-message'
  | 'token-replacement-widens'
  | 'client-key-unknown'
  | 'certificate-missing'
  | 'certificate-mismatch'
  | 'authority-widened'
  | 'body-mismatch'
  | 'purpose-missing'
  | 'purpose-unknown'
  | 'purpose-ambiguous'
  | 'purpose-not-served'
  | 'scope-missing'
  | 'handler-undeclared'
  | 'person-required'
  | 'person-not-served'
  | 'assurance-too-low'
  | 'sign-in-too-old'
  | 'role-missing'
  | 'step-up-required';

/**
 * A refusal by this library.
 *
 * `verified` is the last thing that had been proven: with `'nothing'` or `'shape'`, not even the claimed sender may be
 * believed. None of these is worth a retry; the message or the request itself is at fault.
 */
export class TrustError extends Error {
  override readonly name = 'TrustError';
  readonly retry = 'never';

  constructor(
    readonly code: TrustErrorCode,
    readonly verified: Verified,
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}
