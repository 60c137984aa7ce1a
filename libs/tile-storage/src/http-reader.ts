// C2SP tlog-tiles, "APIs" (https://c2sp.org/tlog-tiles): a log is a set of resources that are fetched with GET.
import { HASH_BYTES, type LogReader, MAX_ENTRY_BYTES, resourceOf, TILE_WIDTH } from '@hie/transparency-log';
import { setTimeout as wait } from 'node:timers/promises';

import { TileStorageError } from './failure.js';
import { assertResourcePath } from './resource-path.js';

export interface HttpReaderOptions {
  /** For one attempt, from the request to the last byte. 20,000 when absent. */
  readonly timeoutMs?: number;
  /** How often to ask, in all, while the server or the network fails. 3 when absent. */
  readonly attempts?: number;
  /** Before the second attempt; twice that before the third, and so on. 200 when absent. */
  readonly backoffMs?: number;
}

const MAX_NOTE_BYTES = 256 * 1024;

/**
 * Reads a log's resources below a URL prefix (`https://ledger.hie.example/2026/`).
 *
 * `read` resolves to `undefined` for 404 and 410 alone. It asks again after a network failure, 429 and any 5xx, and then
 * rejects with TileStorageError `read-failed`. Any other status, and a body longer than such a resource can be (counted
 * after decompression), is `response-refused`. How many reads run at once is the caller's to bound.
 */
export function httpReader(prefix: string, options: HttpReaderOptions = {}): LogReader {
  const { timeoutMs = 20_000, attempts = 3, backoffMs = 200 } = options;
  const base = prefix.endsWith('/') ? prefix : `${prefix}/`;

  const fetchOnce = async (path: string): Promise<Uint8Array | undefined> => {
    const response = await fetch(new URL(path, base), { signal: AbortSignal.timeout(timeoutMs) });
    if (response.status === 200) return readBounded(response, path);
    await response.body?.cancel();
    if (response.status === 404 || response.status === 410) return undefined;
    const passing = response.status === 429 || response.status >= 500;
    throw new TileStorageError(passing ? 'read-failed' : 'response-refused', path);
  };

  return {
    read: async (path) => {
      assertResourcePath(path);
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await fetchOnce(path);
        } catch (cause) {
          if (cause instanceof TileStorageError && cause.code === 'response-refused') throw cause;
          if (attempt >= attempts) throw new TileStorageError('read-failed', path, { cause });
        }
        await wait(backoffMs * 2 ** (attempt - 1));
      }
    },
  };
}

function maxBytesOf(path: string): number {
  const kind = resourceOf(path)?.kind;
  if (kind === 'entries') return TILE_WIDTH * (2 + MAX_ENTRY_BYTES);
  return kind === 'tile' ? TILE_WIDTH * HASH_BYTES : MAX_NOTE_BYTES;
}

async function readBounded(response: Response, path: string): Promise<Uint8Array> {
  const limit = maxBytesOf(path);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > limit) throw new TileStorageError('response-refused', path);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
