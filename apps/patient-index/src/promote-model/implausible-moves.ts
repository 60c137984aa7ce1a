import type { MatchModel } from '@hie/matching-engine';

/** Of one population, two trainings give nearly the same. What moves by more was trained on other data, or on bad data. */
const MOST_MOVED = 0.2;

/**
 * Where a model differs from the one in use by more than the same population's data would make it: how many matches and kin a record has, and
 * of each field the share of matches at the level that most of them are at.
 *
 * @returns the names of what moved, none for a plausible model.
 */
export function implausibleMoves(inUse: MatchModel, next: MatchModel): readonly string[] {
  const counts = (['match', 'kin'] as const).map(
    (of) => [`${of} pairs`, inUse.pairsPerRecord[of], next.pairsPerRecord[of]] as const,
  );
  const fields = inUse.fields.map(({ name, table }, at) => {
    const most = Math.max(...table.match);
    return [name, most, next.fields[at]?.table.match[table.match.indexOf(most)] ?? 0] as const;
  });
  return [...counts, ...fields].filter(([, from, to]) => Math.abs(to / from - 1) > MOST_MOVED).map(([name]) => name);
}
