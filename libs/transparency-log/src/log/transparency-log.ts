// RFC 6962 section 3 (https://www.rfc-editor.org/rfc/rfc6962#section-3), without its HTTP: a log as its one writer has it.
import { type Hash } from '../merkle/hash.js';
import { type NoteSigner } from '../notes/note-signer.js';
import { type OpenCheckpoint } from '../notes/open-checkpoint.js';
import { type LogProofs } from './log-proofs.js';

/** What became of entries that are durable, and in the tree whose checkpoint is signed and stored. */
export interface Appended {
  readonly firstIndex: number;
  /** In the order of the entries. */
  readonly leafHashes: readonly Hash[];
  readonly checkpoint: OpenCheckpoint;
}

/** A log, opened for writing by `openLog`. */
export interface TransparencyLog {
  /** The newest head: signed, and as durable as the storage promises. */
  readonly head: OpenCheckpoint;
  /** The checkpoint that readers of the static resources see. */
  readonly published: OpenCheckpoint;
  /** Proofs and entries, for any head up to the newest. */
  readonly proofs: LogProofs;

  /**
   * Appends entries, of up to 65,535 bytes each, next to each other and in this order. They must not be changed until
   * the promise has settled. When it resolves, they are durable and in the tree.
   *
   * Appends that are called while one is under way share the next commit and its checkpoint.
   *
   * Rejects with TransparencyLogError `entry-too-large`; `signing-failed`: nothing has happened, try again;
   * `commit-failed`: the entries may or may not be in the log, which has closed itself; open it anew and look;
   * `log-closed`: nothing has happened, open it anew.
   */
  append(entries: readonly Uint8Array[]): Promise<Appended>;

  /**
   * Replaces the published checkpoint with one that carries cosignatures.
   *
   * Resolves to `superseded`, and does nothing, when a later one has been published already. Rejects with whatever
   * `openCheckpoint` throws, with `consistency-unproven` for a tree that this log never had, and like `append`.
   */
  publish(cosigned: string): Promise<'published' | 'superseded'>;

  /**
   * Signs the head once more, with these keys, and everything after it. To change a log's key: with both for as long as verifiers learn of the
   * new one, then with the new one alone.
   *
   * Rejects like `append`.
   */
  signWith(signer: NoteSigner, ...besides: NoteSigner[]): Promise<void>;

  /** Waits for what is under way, and lets another writer in. */
  close(): Promise<void>;
}
