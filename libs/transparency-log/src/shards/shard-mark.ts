// C2SP signed-note (https://c2sp.org/signed-note@v1.0.0), for the hand-over: what an entry says to strangers of the chain of logs that it stands in. The rest of such an entry may be sealed.
import { TransparencyLogError } from '../failure.js';
import { type TreeHead } from '../merkle/consistency-proof.js';
import { HASH_BYTES } from '../merkle/hash.js';
import { decodeBase64, encodeBase64 } from '../notes/base64.js';
import { type NoteSigner } from '../notes/note-signer.js';
import { verifiedBy } from '../notes/open-checkpoint.js';
import { formatNote, parseNote } from '../notes/signed-note.js';
import { type VerifierKey } from '../notes/verifier-key.js';

/** A log's last entry: nothing comes after it, and this log goes on where it ended. */
export interface ClosingMark {
  readonly closes: string;
  readonly successor: string;
}

/** The first entry of a log that goes on where another ended. */
export interface OpeningMark {
  /** A {@link HandOver}, signed by both logs. */
  readonly statement: string;
  /** The closed log's last checkpoint, with the cosignatures that were there when this log began. */
  readonly checkpoint: string;
}

/** A shard whose entries were dropped, as what it is known by: `root` in base64, `begin` its first entry's position in the chain. */
export interface DroppedMark {
  readonly origin: string;
  readonly begin: number;
  readonly size: number;
  readonly root: string;
}

/** An entry of a later log that says which shards were dropped: all there ever were, so that it may be dropped itself in its time. */
export interface DroppingMark {
  readonly dropped: readonly DroppedMark[];
  /** By which rule those that it adds were dropped, in words. */
  readonly rule: string;
}

/** The member `shard` of an entry that is a JSON object. */
export type ShardMark = ClosingMark | OpeningMark | DroppingMark;

/** Which log ended as what, and which goes on. */
export interface HandOver {
  readonly from: TreeHead & { readonly origin: string };
  readonly to: string;
  /** Entries in all logs of the chain before `to`: the position of its first entry among all. */
  readonly position: number;
}

const FIRST_LINE = 'hie-ledger hand-over';
const NUMBER = /^(?:0|[1-9]\d{0,15})$/;

/** The mark of an entry; `undefined` for the many that have none. */
export function markOf(entry: Uint8Array): ShardMark | undefined {
  const bytes = Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength);
  if (!bytes.includes('"shard"')) return undefined;
  const mark = shardMember(bytes.toString());
  const has = (...members: readonly string[]): boolean => members.every((member) => typeof mark?.[member] === 'string');
  if (has('closes', 'successor')) return mark as unknown as ClosingMark;
  if (has('rule') && isDroppedList(mark?.['dropped'])) return mark as unknown as DroppingMark;
  return has('statement', 'checkpoint') ? (mark as unknown as OpeningMark) : undefined;
}

export const isClosing = (mark: ShardMark | undefined): mark is ClosingMark => mark !== undefined && 'closes' in mark;
export const isOpening = (mark: ShardMark | undefined): mark is OpeningMark =>
  mark !== undefined && 'statement' in mark;

export const isDropping = (mark: ShardMark | undefined): mark is DroppingMark =>
  mark !== undefined && 'dropped' in mark;

function isDroppedList(value: unknown): boolean {
  const isCount = (count: unknown): boolean => Number.isSafeInteger(count) && (count as number) >= 0;
  return (
    Array.isArray(value) &&
    value.every((each: Partial<DroppedMark> | null) => {
      const isNamed = typeof each?.origin === 'string' && typeof each.root === 'string';
      return isNamed && isCount(each.begin) && isCount(each.size);
    })
  );
}

/** Signs a hand-over in the name of the log that ends and of the one that goes on. */
export async function signHandOver({ from, to, position }: HandOver, signers: readonly NoteSigner[]): Promise<string> {
  const lines = [FIRST_LINE, from.origin, String(from.size), encodeBase64(from.root), to, String(position), ''];
  const text = lines.join('\n');
  const signatures = signers.map(async ({ key: { name, keyId }, sign }) => ({
    ...{ name, keyId },
    signature: await sign(Buffer.from(text)),
  }));
  return formatNote({ text, signatures: await Promise.all(signatures) });
}

/**
 * Reads a hand-over that every one of these logs has signed.
 *
 * @param logs the keys of each, of which one is enough: a log that has changed its key has several.
 *
 * @throws TransparencyLogError `note-malformed`, `signature-invalid`, `log-signature-missing`.
 */
export function openHandOver(raw: string, ...logs: readonly (readonly VerifierKey[])[]): HandOver {
  const note = parseNote(raw);
  const [first, origin = '', size = '', root = '', to = '', position = '', end, ...more] = note.text.split('\n');
  const bytes = decodeBase64(root);
  const isWhole = first === FIRST_LINE && [size, position].every((text) => NUMBER.test(text)) && end === '';
  if (!isWhole || more.length > 0 || bytes?.length !== HASH_BYTES) throw new TransparencyLogError('note-malformed');
  const from = { origin, size: Number(size), root: new Uint8Array(bytes) };
  const signed = { ...note, checkpoint: { ...from, extensions: [] } };
  for (const keys of logs) {
    const own = note.signatures.filter((line) => keys.some((key) => verifiedBy(key, line, signed) !== undefined));
    if (own.length === 0) throw new TransparencyLogError('log-signature-missing', { size: from.size });
  }
  return { from, to, position: Number(position) };
}

function shardMember(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text) as { readonly shard?: Record<string, unknown> | null } | null;
    return typeof value?.shard === 'object' && value.shard !== null ? value.shard : undefined;
  } catch {
    // Not JSON: an entry of another kind, which has no mark.
    return undefined;
  }
}
