/** Why a passkey's answer is refused; for the ledger. The page says one thing for all of them. */
export type PasskeyRefusal =
  | 'passkey-missing'
  | 'passkey-malformed'
  | 'challenge-unknown'
  | 'passkey-unknown'
  | 'passkey-suspended'
  | 'passkey-not-verified'
  | 'passkey-copied';

export class PasskeyRefused extends Error {
  override readonly name = 'PasskeyRefused';
  readonly retry = 'never';
  constructor(
    readonly code: PasskeyRefusal,
    /** Whose it was, where that is proven or on record. */
    readonly personId?: string,
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}
