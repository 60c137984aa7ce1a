import type { LogProofs, OpenCheckpoint } from '@hie/transparency-log';

/** The log at one moment. */
export interface LogState {
  /** The newest head: signed by the log. */
  readonly head: OpenCheckpoint;
  /** Proofs and entries, for any head up to this one. */
  readonly proofs: LogProofs;
}

/**
 * The log for whoever only reads it, in the sequencer's process and in a replica's alike.
 *
 * An abstract class, because Nest finds what it injects by a value.
 */
export abstract class LogView {
  /** The log as it is now. Rejects while there is none that can be believed. */
  abstract current(): Promise<LogState>;
}
