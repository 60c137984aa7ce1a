import { compareRecords } from '../compare/compare-records.js';
import { type Comparer } from '../compare/compare-rows.js';
import { type FieldDefinition } from '../compare/fields.js';
import { normaliseGroups } from '../model/starting-tables.js';
import { randomSource } from './random-source.js';

/** Level counts of random pairs: `counts[field][level]`, level 0 first. */
export type LevelCounts = readonly Float64Array[];

/**
 * Counts the levels of pairs of records drawn at random: the u of Fellegi & Sunter (1969), measured instead of learnt, since among
 * random pairs the share of matches is negligible (and is taken out again by `cleanStrangers` where a file is small).
 */
export function countRandomPairs(
  comparer: Comparer,
  records: Uint32Array,
  pairs: number,
  fields: number,
  seed: number,
  isPairWanted: PairFilter,
): LevelCounts {
  const random = randomSource(seed);
  const counts = Array.from({ length: fields }, () => new Float64Array(32));
  const levels = new Uint8Array(fields);
  for (let i = 0, tries = 0; i < pairs && tries < pairs * 4 && records.length > 1; tries++) {
    const a = records[Math.floor(random() * records.length)] as number;
    const b = records[Math.floor(random() * records.length)] as number;
    if (a === b || !isPairWanted(a, b)) continue;
    compareRecords(comparer, a, b, levels, 0);
    for (let f = 0; f < fields; f++) {
      const perLevel = counts[f] as Float64Array;
      perLevel[levels[f] as number] = (perLevel[levels[f] as number] as number) + 1;
    }
    i++;
  }
  return counts;
}

/** Which pairs may be compared at all: two files are linked only across, one file with itself everywhere. */
export type PairFilter = (a: number, b: number) => boolean;

/** Turns counts into P(level | stranger): half a pair is added to each level, so that none is impossible. */
export function toStrangerTable(counts: Float64Array, field: FieldDefinition): number[] {
  return normaliseGroups(
    field,
    field.levels.map((_, level) => (counts[level + 1] ?? 0) + 0.5),
  );
}

/**
 * Takes the matches among the random pairs out of u: (u − π·m) ÷ (1 − π), at least a twentieth of u. It matters in small files only,
 * where one random pair in a thousand may be a match.
 *
 * @param share π, the share of matches among all pairs.
 */
export function cleanStrangers(
  field: FieldDefinition,
  strangers: readonly number[],
  match: readonly number[],
  share: number,
): number[] {
  const cleaned = strangers.map((u, level) => Math.max(0.05 * u, (u - share * (match[level] ?? 0)) / (1 - share)));
  return normaliseGroups(field, cleaned);
}
