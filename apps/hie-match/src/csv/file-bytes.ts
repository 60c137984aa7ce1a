// RFC 1952 (gzip file format), section 2.3.1: the two bytes that each member begins with.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { Complaint } from '../complaint.js';

/** What stands in a file, in chunks of about the size that was asked for. */
export interface FileBytes {
  readonly chunks: AsyncIterable<Buffer>;
  /** Bytes of the file itself that have been read so far. */
  bytesRead(): number;
}

const GZIP = Buffer.of(0x1f, 0x8b);
/** zlib takes no less. */
const SMALLEST_CHUNK = 64;

/**
 * Streams a file; one that gzip has packed (`.csv.gz`) is unpacked, whatever its name.
 *
 * @throws Complaint, while the chunks are read, when a packed file is damaged or cut off.
 */
export async function fileBytes(path: string, size: number): Promise<FileBytes> {
  const isPacked = GZIP.equals(await firstBytes(path, GZIP.length));
  const file = createReadStream(path, { highWaterMark: size });
  const bytesRead = (): number => file.bytesRead;
  if (!isPacked) return { chunks: file, bytesRead };
  const gunzip = createGunzip({ chunkSize: Math.max(size, SMALLEST_CHUNK) });
  // Whoever reads the chunks is told of a failure: it destroys the stream that they come from.
  pipeline(file, gunzip, () => undefined);
  return { chunks: unlessDamaged(gunzip, path), bytesRead };
}

async function firstBytes(path: string, count: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function* unlessDamaged(chunks: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (cause) {
    if (!String((cause as NodeJS.ErrnoException).code).startsWith('Z_')) throw cause;
    throw new Complaint(
      'file',
      `${path}: what gzip has packed is damaged or cut off. Check it with "gzip -t", or copy it anew.`,
      {
        cause,
      },
    );
  }
}
