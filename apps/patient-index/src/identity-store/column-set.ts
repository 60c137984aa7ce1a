import type { ColumnSet } from './hash-chains.js';

/** Where each column of packed sets stands: set, table, column, and how many numbers it has. */
export type ColumnLayout = readonly (readonly [set: string, table: string, column: string, length: number])[];

/** The columns one after the other as bytes, little-endian as every machine is that runs Node.js; the bytes are views. */
export function packColumns(sets: Readonly<Record<string, ColumnSet>>): {
  readonly layout: ColumnLayout;
  readonly bytes: readonly Uint8Array[];
} {
  const columns = Object.entries(sets).flatMap(([set, tables]) =>
    Object.entries(tables).flatMap(([table, ofTable]) =>
      Object.entries(ofTable).map(([column, numbers]) => ({
        at: [set, table, column, numbers.length] as const,
        numbers,
      })),
    ),
  );
  return {
    layout: columns.map(({ at }) => at),
    bytes: columns.map(
      ({ numbers: { buffer, byteOffset, byteLength } }) => new Uint8Array(buffer, byteOffset, byteLength),
    ),
  };
}

/** The sets again, in memory of their own. @throws RangeError where there are fewer bytes than the layout says */
export function unpackColumns(layout: ColumnLayout, bytes: Uint8Array): Readonly<Record<string, ColumnSet>> {
  const sets: Record<string, Record<string, Record<string, Uint32Array>>> = {};
  let at = 0;
  for (const [set, table, column, length] of layout) {
    const end = at + length * Uint32Array.BYTES_PER_ELEMENT;
    if (end > bytes.length) throw new RangeError('The columns are cut off.');
    const numbers = new Uint32Array(length);
    new Uint8Array(numbers.buffer).set(bytes.subarray(at, end));
    ((sets[set] ??= {})[table] ??= {})[column] = numbers;
    at = end;
  }
  return sets;
}

/** How many bytes columns of this layout take. */
export const bytesOfLayout = (layout: ColumnLayout): number =>
  layout.reduce((sum, [, , , length]) => sum + length * Uint32Array.BYTES_PER_ELEMENT, 0);
