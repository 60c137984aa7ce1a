import { createHash } from 'node:crypto';

/** A UUID that says in a test's place what a name would: the same for the same name, with the bits of version 8 (RFC 9562, 5.8). */
export function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
