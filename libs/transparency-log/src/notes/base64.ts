// RFC 4648 section 4, as C2SP signed-note uses it: standard alphabet, padded, and only the canonical spelling.

/** The bytes that a base64 string spells; `undefined` unless it is exactly what encoding those bytes gives. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
