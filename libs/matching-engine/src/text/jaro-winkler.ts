/** A text as code units in place: `heap[from … to)`. */
export type CodeUnits = Uint16Array;

const matchedB = new Uint8Array(256);
const matchedUnitsA = new Uint16Array(256);

/**
 * Jaro–Winkler similarity of two texts, in [0, 1]: Jaro (1989) is ⅓(m/|a| + m/|b| + (m − t)/m) with m characters in common within
 * half the longer text and t half the number of them out of order; Winkler (1990) adds 0.1 · ℓ · (1 − jaro) for a common prefix of
 * ℓ ≤ 4. Texts over 256 units are compared by their first 256.
 */
export function jaroWinkler(
  heapA: CodeUnits,
  fromA: number,
  toA: number,
  heapB: CodeUnits,
  fromB: number,
  toB: number,
): number {
  const lengthA = Math.min(256, toA - fromA);
  const lengthB = Math.min(256, toB - fromB);
  if (lengthA === 0 || lengthB === 0) return lengthA === lengthB ? 1 : 0;
  const window = Math.max(0, (Math.max(lengthA, lengthB) >> 1) - 1);
  matchedB.fill(0, 0, lengthB);
  let common = 0;
  for (let i = 0; i < lengthA; i++) {
    const unit = heapA[fromA + i] ?? 0;
    const last = Math.min(lengthB - 1, i + window);
    for (let j = Math.max(0, i - window); j <= last; j++) {
      if (matchedB[j] === 0 && heapB[fromB + j] === unit) {
        matchedB[j] = 1;
        matchedUnitsA[common++] = unit;
        break;
      }
    }
  }
  if (common === 0) return 0;
  let outOfOrder = 0;
  for (let j = 0, k = 0; j < lengthB; j++) {
    if (matchedB[j] === 1 && matchedUnitsA[k++] !== heapB[fromB + j]) outOfOrder++;
  }
  const jaro = (common / lengthA + common / lengthB + (common - (outOfOrder >> 1)) / common) / 3;
  let prefix = 0;
  while (prefix < 4 && prefix < lengthA && prefix < lengthB && heapA[fromA + prefix] === heapB[fromB + prefix])
    prefix++;
  return jaro + 0.1 * prefix * (1 - jaro);
}
