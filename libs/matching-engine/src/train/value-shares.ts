import { dateSlot, type RecordStore } from '../index/record-store.js';
import { column, firstRow, flag, rowInts } from '../index/row-layout.js';
import { type ValueShares } from '../model/score-pair.js';

/**
 * The share of people (not records) that hold each value, as natural logarithms: Σ w over records with the value ÷ Σ w, where a record
 * counts w = 1 ÷ (expected number of records of its person). Someone with ten records must not make his surname ten times as common.
 *
 * @param duplicates expected number of other records of the same person, by row; absent: every record counts 1.
 */
export function valueShares(store: RecordStore, duplicates?: Float32Array): ValueShares {
  const names = store.names.joined.length;
  const shares = {
    given: new Float32Array(names),
    middle: new Float32Array(names),
    family: new Float32Array(names),
    birthDate: new Float32Array(store.counts.birthDate.length),
  };
  let total = 0;
  for (let row = firstRow; row < store.size; row++) {
    const at = row * rowInts;
    if (((store.rows[at + column.flags] as number) & flag.gone) !== 0) continue;
    const owner = store.rows[at + column.owner] as number;
    const weight = 1 / (1 + (duplicates?.[owner] ?? 0));
    if (owner === row) total += weight;
    for (const role of ['given', 'middle', 'family', 'birthDate'] as const) {
      const value = store.rows[at + column[role]] as number;
      const code = role === 'birthDate' ? dateSlot(value) : value;
      if (code !== 0) shares[role][code] = (shares[role][code] as number) + weight;
    }
  }
  for (const counts of Object.values(shares)) {
    const discount = discountOf(counts);
    for (let code = 1; code < counts.length; code++) {
      const count = counts[code] as number;
      if (count !== 0) counts[code] = Math.log((count > 1 ? count - discount : count * (1 - discount)) / total);
    }
  }
  return shares;
}

/**
 * What to take off every count for the values not seen (absolute discounting, Ney, Essen & Kneser 1994): n₁ ÷ (n₁ + 2n₂), with n₁ values
 * seen once and n₂ seen twice. That somebody among five hundred was born on a certain day does not make it the birthday of one in five
 * hundred: with hardly a day seen twice, nearly all of the count goes, and what is left is the true one in thirty thousand.
 */
export function discountOf(counts: Float32Array): number {
  let once = 0;
  let twice = 0;
  for (const count of counts) {
    if (count > 0.5 && count < 1.5) once++;
    else if (count >= 1.5 && count < 2.5) twice++;
  }
  return once / (once + 2 * twice + 1);
}

/** Σ share², the chance that two random people share a value of a role. */
export function chanceOfCoincidence(logShares: Float32Array): number {
  let sum = 0;
  for (const share of logShares) if (share !== 0) sum += Math.exp(2 * share);
  return sum;
}
