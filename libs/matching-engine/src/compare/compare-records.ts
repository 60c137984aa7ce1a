import { type RecordStore } from '../index/record-store.js';
import { column, rowInts, suffixOf } from '../index/row-layout.js';
import { startingTables } from '../model/starting-tables.js';
import { type Comparer, compareVersions, suffixBit, suffixLevel } from './compare-rows.js';
import { type FieldDefinition, field, fieldDefinitions, type ExtraField } from './fields.js';

const levelSpan = 32;
const scratch = new Uint8Array(256);

/** How much each level speaks for one person, to choose the better of two: `rank[field * 32 + level]`, 0 for missing. */
function rankLevels(fields: readonly FieldDefinition[]): Float64Array {
  const ranks = new Float64Array(fields.length * levelSpan);
  startingTables(fields).forEach(({ match, stranger }, f) => {
    match.forEach((m, level) => (ranks[f * levelSpan + level + 1] = 100 + Math.log(m / (stranger[level] ?? m))));
  });
  return ranks;
}

const ranksByFields = new Map<string, Float64Array>();

function ranksOf(extras: readonly ExtraField[]): Float64Array {
  const key = extras.map(({ kind }) => kind).join();
  let ranks = ranksByFields.get(key);
  if (ranks === undefined) ranksByFields.set(key, (ranks = rankLevels(fieldDefinitions(extras))));
  return ranks;
}

/**
 * Compares two records with all the values that each has ever had: for every field the best agreement between any value of the one and
 * any of the other, so that a maiden name or an address of three years ago still meets. Suffixes are compared as what each has ever
 * stated: an earlier name without one takes nothing back. Symmetric.
 */
export function compareRecords(comparer: Comparer, rowA: number, rowB: number, levels: Uint8Array, out: number): void {
  const { rows } = comparer.store;
  compareVersions(comparer, rowA, rowB, levels, out);
  const olderA = rows[rowA * rowInts + column.nextVersion] as number;
  const olderB = rows[rowB * rowInts + column.nextVersion] as number;
  if (olderA === 0 && olderB === 0) return;
  const ranks = ranksOf(comparer.extras);
  const fields = ranks.length / levelSpan;
  for (let a = rowA; a !== 0; a = rows[a * rowInts + column.nextVersion] as number) {
    for (let b = rowB; b !== 0; b = rows[b * rowInts + column.nextVersion] as number) {
      if (a === rowA && b === rowB) continue;
      compareVersions(comparer, a, b, scratch, 0);
      for (let f = 0; f < fields; f++) {
        const best = levels[out + f] as number;
        const level = scratch[f] as number;
        if ((ranks[f * levelSpan + level] as number) > (ranks[f * levelSpan + best] as number)) levels[out + f] = level;
      }
    }
  }
  levels[out + field.suffix] = suffixLevel(suffixesOf(comparer.store, rowA), suffixesOf(comparer.store, rowB));
}

/** The suffixes of all versions of a record, as a set of bits. */
export function suffixesOf({ rows }: RecordStore, row: number): number {
  let stated = 0;
  for (let version = row; version !== 0; version = rows[version * rowInts + column.nextVersion] as number)
    stated |= suffixBit(suffixOf(rows[version * rowInts + column.flags] as number));
  return stated;
}
