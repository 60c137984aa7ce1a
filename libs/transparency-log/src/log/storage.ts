// C2SP tlog-tiles (https://c2sp.org/tlog-tiles): where a log's static resources are, and in which order they become durable.
/**
 * Reads the static resources of a log, wherever they are: a folder, a web server, memory.
 *
 * Nothing that comes out of it is believed before it has been checked against a signed checkpoint.
 */
export interface LogReader {
  /**
   * The whole resource at a path such as `checkpoint` or `tile/0/x001/234.p/7`; `undefined` when there is none.
   *
   * @throws when it cannot say: an unreadable disk or an unreachable server is not the same as a missing resource.
   */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** A resource to be stored. */
export interface StoredResource {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** One step of a log from one durable state to the next. */
export interface Commit {
  /** New tiles and bundles. No published checkpoint needs them yet. */
  readonly resources: readonly StoredResource[];
  /** The checkpoints that make them part of the log, replaced in this order. */
  readonly checkpoints: readonly StoredResource[];
  /** Folders of partial tiles and bundles whose full version an earlier commit has made durable. May already be gone. */
  readonly superseded: readonly string[];
}

/**
 * The storage port of a log: whoever implements it promises what a log's crash safety rests on.
 *
 * - `commit` resolves only when everything in it would survive a loss of power.
 * - A checkpoint is replaced at once (a reader sees the old one or the new one, never a mixture), and only when all
 *   `resources` are durable.
 * - When `commit` rejects, or the process dies in it, any part of `resources` may be there, and the checkpoints may be
 *   the old ones or the new ones; nothing else has changed.
 * - Only one writer at a time can commit: once a second one has been admitted, every `commit` of the first rejects.
 */
export interface LogStorage extends LogReader {
  commit(commit: Commit): Promise<void>;
  /** Lets another writer in. */
  close(): Promise<void>;
}
