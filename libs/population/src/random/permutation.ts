import { mix } from './random.js';

/** A permutation of 0 … 2^(2 × halfBits) - 1 and its inverse. */
export interface Permutation {
  readonly size: number;
  readonly forward: (value: number) => number;
  readonly backward: (value: number) => number;
}

/**
 * A keyed permutation by a balanced Feistel network of four rounds (Luby and Rackoff 1988).
 *
 * It gives each hospital local numbers that look unrelated to the person behind them and can be turned back without a table. It hides
 * nothing from an adversary: the key is 32 bits.
 *
 * @param halfBits half of the width in bits, 1 to 15.
 */
export function permutation(key: number, halfBits: number): Permutation {
  const mask = (1 << halfBits) - 1;
  const rounds = [0, 1, 2, 3].map((round) => mix(key, round + 1));
  const run = (value: number, keys: readonly number[]): number => {
    let left = value >>> halfBits;
    let right = value & mask;
    for (const roundKey of keys) [left, right] = [right, left ^ (mix(roundKey, right) & mask)];
    return ((right << halfBits) | left) >>> 0;
  };
  const reversed = [...rounds].reverse();
  return {
    size: 2 ** (2 * halfBits),
    forward: (value) => run(value, rounds),
    backward: (value) => run(value, reversed),
  };
}
