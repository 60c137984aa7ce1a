/** An entry of 20 to 400 bytes that says its index. */
export function sampleEntry(index: number, text = 'entry'): Uint8Array {
  return Buffer.from(`${text} ${index} `.padEnd(20 + ((index * 7919) % 380), '.'));
}

export function sampleEntries(begin: number, end: number): Uint8Array[] {
  return Array.from({ length: end - begin }, (_, at) => sampleEntry(begin + at));
}
