// C2SP tlog-cosignature (https://c2sp.org/tlog-cosignature): "Ed25519 signed message" and "ML-DSA-44 signed message".
import { TransparencyLogError } from '../failure.js';
import { type UnverifiedCheckpoint } from './checkpoint.js';
import { type NoteSigner } from './note-signer.js';
import { type NoteSignature } from './signed-note.js';

export const TIMESTAMP_BYTES = 8;

/**
 * A witness's signature under a checkpoint: that, at this time, it is the largest tree of this log that the witness has
 * seen, and that it continues all it saw before. Whether that is so is `decideCosignature`'s to say, before this is called.
 *
 * @param timestampSeconds POSIX time. ML-DSA-44 also allows 0, which leaves "the largest" unsaid.
 */
export async function cosign(
  checkpoint: UnverifiedCheckpoint,
  signer: NoteSigner,
  timestampSeconds: number,
): Promise<NoteSignature> {
  const { name, keyId, type } = signer.key;
  if (type === 'ed25519') throw new RangeError('a note key does not cosign; use a cosignature key type');
  const signature = await signer.sign(cosignedMessage(checkpoint, { name, type, timestampSeconds }));
  return { name, keyId, signature: Buffer.concat([uint64(timestampSeconds), signature]) };
}

/** What a cosigner's signature is over. */
export function cosignedMessage(
  { checkpoint, text }: UnverifiedCheckpoint,
  cosigner: {
    readonly name: string;
    readonly type: 'cosignature-ed25519' | 'cosignature-ml-dsa-44';
    readonly timestampSeconds: number;
  },
): Uint8Array {
  const { name, type, timestampSeconds } = cosigner;
  if (type === 'cosignature-ed25519') return Buffer.from(`cosignature/v1\ntime ${timestampSeconds}\n${text}`);
  return Buffer.concat([
    Buffer.from('subtree/v1\n\0'),
    opaque(name),
    uint64(timestampSeconds),
    opaque(checkpoint.origin),
    uint64(0),
    uint64(checkpoint.size),
    checkpoint.root,
  ]);
}

/** The time that a cosignature states, and the bare signature after it; `undefined` where it is too short or too late. */
export function splitTimestamp({
  signature,
}: NoteSignature): { timestampSeconds: number; bare: Uint8Array } | undefined {
  if (signature.length <= TIMESTAMP_BYTES) return undefined;
  const view = new DataView(signature.buffer, signature.byteOffset);
  const timestampSeconds = Number(view.getBigUint64(0));
  return Number.isSafeInteger(timestampSeconds)
    ? { timestampSeconds, bare: signature.subarray(TIMESTAMP_BYTES) }
    : undefined;
}

function uint64(value: number): Uint8Array {
  const bytes = Buffer.alloc(TIMESTAMP_BYTES);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** TLS presentation language: `opaque <1..2^8-1>`. */
function opaque(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  if (bytes.length === 0 || bytes.length > 0xff) throw new TransparencyLogError('checkpoint-malformed');
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}
