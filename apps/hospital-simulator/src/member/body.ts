import { type IncomingMessage } from 'node:http';

/** Largest request body in bytes: a batch of searches is a few kilobytes. */
export const MAX_BODY_BYTES = 1_048_576;

/** The text of a request's body, or undefined when it is longer than it may be. */
export async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
