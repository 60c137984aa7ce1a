import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Binds an entry to what was disclosed: SHA-256 over the opening, 32 secret bytes, and the digest. Who holds the receipt has the
 * opening and can show for which answer it was given; to anybody else it is a random value, the same for an answer and for a refusal.
 *
 * @param digest base64url; absent where nothing was disclosed.
 * @returns base64url
 */
export function commitmentTo(digest: string | undefined, opening: Uint8Array): string {
  return createHash('sha256')
    .update('hie ledger digest')
    .update(opening)
    .update(digest ?? '')
    .digest('base64url');
}

/** Whether an entry was made for this answer. */
export function isCommittedTo(leaf: { readonly commitment: string }, digest: string, opening: Uint8Array): boolean {
  const [given, expected] = [leaf.commitment, commitmentTo(digest, opening)].map((text) => Buffer.from(text));
  return given !== undefined && expected?.length === given.length && timingSafeEqual(given, expected);
}
