import {
  type LogReader,
  type NoteSigner,
  openCheckpoint,
  TransparencyLogError,
  type TreeHead,
  type VerifierKey,
} from '@hie/transparency-log';

/** Whether a log publishes more under this witness's name than the witness remembers. */
export type Comparison = 'remembered' | 'forgotten' | 'not-comparable';

/**
 * Compares a witness's record with what it is seen to have vouched for: the log's published checkpoint, as far as it carries this
 * witness's own cosignature. A record that is smaller was put back from a backup, or lost; to go on from it would be to vouch for a
 * second history.
 *
 * A log that shows an old checkpoint, or none of this witness's, proves nothing: this finds the accident, not the conspiracy.
 */
export async function comparePublished(
  reader: LogReader,
  log: { readonly origin: string; readonly logKeys: readonly VerifierKey[] },
  signers: readonly NoteSigner[],
  latest: TreeHead | undefined,
): Promise<Comparison> {
  try {
    const raw = await reader.read('checkpoint');
    if (raw === undefined) return 'not-comparable';
    const published = openCheckpoint(raw, { ...log, witnesses: signers.map(({ key }) => key) });
    if (published.cosigners.length === 0) return 'remembered';
    return published.size > (latest?.size ?? 0) ? 'forgotten' : 'remembered';
  } catch (failure) {
    // Unreachable, or not a checkpoint of this log: no word on what this witness did.
    if (failure instanceof TransparencyLogError || (failure as { name?: string }).name === 'TileStorageError') {
      return 'not-comparable';
    }
    throw failure;
  }
}
