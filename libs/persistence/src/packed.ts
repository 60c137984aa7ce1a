/** Many byte strings in one, and where each lies: from 1 as in SQL's `substring(… from position for length)`. */
export interface Packed {
  readonly bytes: Buffer;
  readonly positions: readonly number[];
  readonly lengths: readonly number[];
}

/** Packs values for one binary parameter, to be cut apart in SQL: node-postgres would send a `bytea[]` as hexadecimal text. */
export function packed(values: readonly Buffer[]): Packed {
  const lengths = values.map(({ length }) => length);
  let next = 1;
  const positions = lengths.map((length) => {
    const position = next;
    next += length;
    return position;
  });
  return { positions, lengths, bytes: Buffer.concat(values) };
}
