// C2SP tlog-witness v1.0.0, "add-checkpoint" (https://c2sp.org/tlog-witness@v1.0.0#add-checkpoint): the witness's checks, in
// its order and with its HTTP status codes.
import { TransparencyLogError } from '../failure.js';
import { isConsistent, type TreeHead } from '../merkle/consistency-proof.js';
import { emptyRoot, sameBytes } from '../merkle/hash.js';
import { readCheckpoint, type UnverifiedCheckpoint } from '../notes/checkpoint.js';
import { openCheckpoint } from '../notes/open-checkpoint.js';
import { type VerifierKey } from '../notes/verifier-key.js';
import { type AddCheckpoint } from './add-checkpoint.js';

/** The logs a witness watches, by origin, each with the keys that may sign for it. */
export type WitnessedLogs = ReadonlyMap<string, readonly VerifierKey[]>;

/** Why a witness does not cosign. */
export type CosignatureRefusal =
  | { readonly kind: 'refuse'; readonly reason: 'checkpoint-malformed' | 'old-size-beyond'; readonly status: 400 }
  | { readonly kind: 'refuse'; readonly reason: 'unsigned'; readonly status: 403 }
  | { readonly kind: 'refuse'; readonly reason: 'origin-unknown'; readonly status: 404 }
  /** `latestSize`, and a newline, is the body of the answer, with the content type `text/x.tlog.size`. */
  | { readonly kind: 'refuse'; readonly reason: 'stale'; readonly status: 409; readonly latestSize: number }
  /** The log signed two trees of one size. The request is evidence of it: keep it. */
  | { readonly kind: 'refuse'; readonly reason: 'root-differs'; readonly status: 409 }
  /** The log signed a tree and cannot show that it continues the last one. Evidence too, unless the log has a fault. */
  | { readonly kind: 'refuse'; readonly reason: 'inconsistent'; readonly status: 422 };

/** `checkpoint` may be cosigned, once it has been stored as the latest of its origin. */
export type CosignatureDecision =
  { readonly kind: 'cosign'; readonly checkpoint: UnverifiedCheckpoint } | CosignatureRefusal;

/**
 * Decides whether a witness vouches for a log's new checkpoint.
 *
 * The caller reads `latest` (the tree it cosigned last for this origin; `undefined` for none), calls this, stores the
 * new tree and only then signs: all of it under one lock, or an older request that was checked earlier could roll the
 * record back (the race that the specification describes).
 */
export function decideCosignature(
  request: AddCheckpoint,
  logs: WitnessedLogs,
  latest: TreeHead | undefined,
): CosignatureDecision {
  const note = readOrUndefined(request.checkpoint);
  if (note === undefined) return { kind: 'refuse', reason: 'checkpoint-malformed', status: 400 };

  const { origin, size, root } = note.checkpoint;
  const logKeys = logs.get(origin);
  if (logKeys === undefined) return { kind: 'refuse', reason: 'origin-unknown', status: 404 };
  if (!isSigned(request.checkpoint, origin, logKeys)) return { kind: 'refuse', reason: 'unsigned', status: 403 };
  if (request.oldSize > size) return { kind: 'refuse', reason: 'old-size-beyond', status: 400 };

  const known = latest ?? { size: 0, root: emptyRoot };
  if (request.oldSize !== known.size) {
    return { kind: 'refuse', reason: 'stale', status: 409, latestSize: known.size };
  }
  if (size === known.size && !sameBytes(root, known.root)) {
    return { kind: 'refuse', reason: 'root-differs', status: 409 };
  }
  if (!isConsistent(known, { size, root }, request.proof)) {
    return { kind: 'refuse', reason: 'inconsistent', status: 422 };
  }
  return { kind: 'cosign', checkpoint: note };
}

function readOrUndefined(raw: string): UnverifiedCheckpoint | undefined {
  try {
    return readCheckpoint(raw);
  } catch (failure) {
    if (failure instanceof TransparencyLogError) return undefined;
    throw failure;
  }
}

function isSigned(raw: string, origin: string, logKeys: readonly VerifierKey[]): boolean {
  try {
    openCheckpoint(raw, { origin, logKeys });
    return true;
  } catch (failure) {
    if (failure instanceof TransparencyLogError) return false;
    throw failure;
  }
}
