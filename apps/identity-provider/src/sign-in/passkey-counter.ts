/**
 * Whether an authenticator's counter tells of a copy (WebAuthn Level 3, 6.1.1): it counts signatures, and so only goes up. One that
 * stays at zero does not count, as synchronised passkeys do.
 */
export const isCopied = (known: number, presented: number): boolean =>
  (known > 0 || presented > 0) && presented <= known;
