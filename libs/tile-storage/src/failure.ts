/** What went wrong, stable across versions. Closed: each code has a row in this library's README and a test. */
export type TileStorageCode =
  'held-by-another-writer' | 'fenced' | 'write-failed' | 'read-failed' | 'response-refused' | 'path-refused';

/**
 * A failure of this library. The message is the code; the operating system's or the network's error is the `cause`.
 *
 * `retry` is `later` where the same call may work another time; `fenced` means that another writer has taken over, and
 * `path-refused` that the caller asked for something that is no resource of a log: neither gets better by trying again.
 */
export class TileStorageError extends Error {
  override readonly name = 'TileStorageError';
  readonly retry: 'never' | 'later';

  constructor(
    readonly code: TileStorageCode,
    readonly resource?: string,
    options?: ErrorOptions,
  ) {
    super(code, options);
    this.retry = code === 'fenced' || code === 'path-refused' ? 'never' : 'later';
  }
}

/** Whether an error of Node's file system calls has one of these codes. */
export function hasErrno(error: unknown, ...codes: readonly string[]): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return codes.includes(code as string);
}
