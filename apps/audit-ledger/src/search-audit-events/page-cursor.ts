import { createHmac, timingSafeEqual } from 'node:crypto';

import { z } from 'zod';

/** Where a search goes on. */
export interface PageCursor {
  /** The first page's extent: later pages never hold an entry from this index on, however much was appended since. */
  readonly size: number;
  /** Entries of the next page have smaller indexes. */
  readonly beforeIndex: number;
}

const cursorSchema = z.object({
  size: z.number().int().min(0),
  beforeIndex: z.number().int().min(0),
});

/**
 * A cursor as opaque text, bound to the search it belongs to by an HMAC-SHA-256: one that was altered, invented or taken from another search
 * is not read.
 *
 * @param search what makes two searches the same, as text
 */
export function sealCursor(key: Buffer, search: string, { size, beforeIndex }: PageCursor): string {
  const state = Buffer.from(JSON.stringify({ size, beforeIndex })).toString('base64url');
  return `${state}.${mac(key, search, state).toString('base64url')}`;
}

/** @returns `undefined` for text that `sealCursor` has not made for this search under this key. */
export function openCursor(key: Buffer, search: string, text: string): PageCursor | undefined {
  const [state = '', seal = '', ...rest] = text.split('.');
  const given = Buffer.from(seal, 'base64url');
  const expected = mac(key, search, state);
  if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return cursorSchema.parse(JSON.parse(Buffer.from(state, 'base64url').toString()));
}

const mac = (key: Buffer, search: string, state: string): Buffer =>
  createHmac('sha256', key).update(`${state}\n${search}`).digest();
