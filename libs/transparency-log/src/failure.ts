// Codes of failures, named after what RFC 6962 (https://www.rfc-editor.org/rfc/rfc6962) and C2SP (https://c2sp.org/tlog-tiles) call them.
/** What went wrong, stable across versions. Closed: each code has a row in this library's README and a test. */
export type TransparencyLogCode =
  // what was read is not what the format says
  | 'note-malformed'
  | 'checkpoint-malformed'
  | 'key-malformed'
  | 'key-unsupported'
  | 'bundle-malformed'
  | 'tile-malformed'
  | 'proof-malformed'
  | 'request-malformed'
  // what was read is well formed and not to be believed
  | 'origin-differs'
  | 'log-signature-missing'
  | 'signature-invalid'
  | 'quorum-missing'
  | 'inclusion-unproven'
  | 'consistency-unproven'
  | 'shard-misplaced'
  | 'shard-chain-broken'
  // what was asked for is not there
  | 'index-outside-log'
  | 'resource-missing'
  // what the writer met
  | 'entry-too-large'
  | 'tail-differs'
  | 'log-rolled-back'
  | 'signing-failed'
  | 'commit-failed'
  | 'log-closed';

/** Codes of failures that another try, after reopening the log where it says so, may get past. */
const passing: ReadonlySet<TransparencyLogCode> = new Set(['signing-failed', 'commit-failed', 'log-closed']);

/** Where in a log a failure was found; numbers only, so that nothing of an entry's content can slip in. */
export interface Place {
  /** Zero-based index of an entry. */
  readonly index?: number;
  /** The entries from `begin` up to, and without, `end`, one of which is meant. */
  readonly entries?: { readonly begin: number; readonly end: number };
  /** Size of the tree the statement is about, in entries. */
  readonly size?: number;
  /** Path of a static resource, such as `tile/0/x001/234`. */
  readonly resource?: string;
}

/**
 * A failure of this library.
 *
 * Verifying functions throw rather than return `false`, so that a caller who forgets to look is not left trusting. The
 * message is the code: static, and free of content. `retry` is `later` only where nothing was wrong with the input:
 * after `signing-failed` the same call may be tried again; after `commit-failed` the log has closed itself, because
 * what reached the disk is unknown, and must be opened anew.
 */
export class TransparencyLogError extends Error {
  override readonly name = 'TransparencyLogError';
  readonly retry: 'never' | 'later';

  constructor(
    readonly code: TransparencyLogCode,
    readonly place: Place = {},
    options?: ErrorOptions,
  ) {
    super(code, options);
    this.retry = passing.has(code) ? 'later' : 'never';
  }
}
