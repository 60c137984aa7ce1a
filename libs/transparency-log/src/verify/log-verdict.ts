// What a verifier says of a log in C2SP tlog-tiles (https://c2sp.org/tlog-tiles).
import { type TransparencyLogCode } from '../failure.js';
import { type Range } from '../merkle/subtree.js';
import { type OpenCheckpoint } from '../notes/open-checkpoint.js';

/**
 * What is wrong with a log. A {@link TransparencyLogCode} says that a resource is missing, malformed or not signed as it
 * must be; the others say what the resources, each well formed, contradict:
 *
 * - `checkpoint-missing`: there is none.
 * - `entry-differs`: this entry does not have the leaf hash that the signed tree holds at its index.
 * - `tile-differs`: the entries are those of the signed tree, and this tile is not.
 * - `root-differs`: neither the entries nor the tiles give the signed root.
 * - `log-shrank`: an older checkpoint counts more entries.
 * - `log-forked`: the log signed an older checkpoint over other entries.
 */
export type LogFaultReason =
  | TransparencyLogCode
  | 'checkpoint-missing'
  | 'entry-differs'
  | 'tile-differs'
  | 'root-differs'
  | 'log-shrank'
  | 'log-forked';

/** A fault, and the narrowest place that the evidence allows to name. */
export interface LogFault {
  readonly reason: LogFaultReason;
  /** The first entry that was changed, where that can be told. */
  readonly index?: number;
  /** The entries among which the first change is, where no single index can be told. */
  readonly entries?: Range;
  readonly resource?: string;
  /** The size that the older checkpoint at fault, or the one that is verified, states. */
  readonly size?: number;
}

/** What a whole log has been found to be. */
export type LogVerdict =
  | {
      readonly kind: 'verified';
      readonly checkpoint: OpenCheckpoint;
      /** Bytes of all entries together. */
      readonly entryBytes: number;
      readonly tiles: number;
      /** The sizes of the older checkpoints that this log continues. */
      readonly consistentWith: readonly number[];
    }
  | {
      readonly kind: 'tampered';
      readonly fault: LogFault;
      /** The log's checkpoint, where that at least is signed as it must be. */
      readonly checkpoint?: OpenCheckpoint;
    };
