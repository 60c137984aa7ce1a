/** What a PKCS#11 token can fail with. */
export type Pkcs11Code =
  /** The module's file can't be loaded. */
  | 'module-unusable'
  /** No slot holds a token of that label. */
  | 'token-missing'
  /** There is no PIN, or the token refused it. Not tried again: tokens lock themselves. */
  | 'pin-refused'
  | 'key-missing'
  /** Two keys of one class share the label. */
  | 'key-ambiguous'
  /** A curve that nothing here signs with. */
  | 'key-unsupported'
  /** What the token signed does not verify with the public key that it showed. */
  | 'signature-invalid'
  /** Any other return value than CKR_OK. */
  | 'call-failed';

/** A PKCS#11 token did not do what was asked of it. Never tells a PIN or what was to be signed. */
export class Pkcs11Error extends Error {
  override readonly name = 'Pkcs11Error';
  /** A token that was taken away or a lost session may come back; a missing key doesn't. */
  readonly retry: 'never' | 'later';

  constructor(
    readonly code: Pkcs11Code,
    /** The function that failed and its return value (CKR_…, hexadecimal), or the label that was looked for. */
    readonly detail?: string,
    options?: ErrorOptions,
  ) {
    super(code, options);
    this.retry = code === 'call-failed' ? 'later' : 'never';
  }
}
