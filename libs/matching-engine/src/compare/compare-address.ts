import { type Dictionary } from '../index/dictionary.js';
import { column } from '../index/row-layout.js';
import { jaroWinkler } from '../text/jaro-winkler.js';
import { osaDistance } from '../text/osa-distance.js';

/** The level of two addresses (`fixedFields`, address), read from the rows that start at `a` and `b`. */
export function addressLevel(places: Dictionary, rows: Int32Array, a: number, b: number): number {
  const streetA = rows[a + column.street] as number;
  const streetB = rows[b + column.street] as number;
  const cityA = rows[a + column.city] as number;
  const cityB = rows[b + column.city] as number;
  const postalA = rows[a + column.postalCode] as number;
  const postalB = rows[b + column.postalCode] as number;
  const hasStreets = streetA !== 0 && streetB !== 0;
  const hasPlaces = (cityA !== 0 && cityB !== 0) || (postalA !== 0 && postalB !== 0);
  if (!hasStreets && !hasPlaces) return 0;
  const samePostal = postalA !== 0 && postalA === postalB;
  const sameCity = cityA !== 0 && cityA === cityB;
  const nearPostal = samePostal || (postalA !== 0 && postalB !== 0 && editDistance(places, postalA, postalB) <= 1);
  if (hasStreets) {
    const houseA = rows[a + column.houseNumber] as number;
    const houseB = rows[b + column.houseNumber] as number;
    const samePlace = nearPostal || sameCity || !hasPlaces;
    if (samePlace && houseA === houseB) {
      if (streetA === streetB) return unitsConflict(rows, a, b) ? 2 : 1;
      if (isSimilar(places, streetA, streetB)) return 3;
    }
    if (samePlace && streetA === streetB) {
      if (houseA !== 0 && houseB !== 0 && editDistance(places, houseA, houseB) <= 1) return 3;
      if (samePostal) return 4;
    }
  }
  if (samePostal) return 5;
  if (sameCity || nearPostal) return 6;
  return hasPlaces ? 7 : streetA === streetB ? 3 : 7;
}

function unitsConflict(rows: Int32Array, a: number, b: number): boolean {
  const unitA = rows[a + column.unit];
  const unitB = rows[b + column.unit];
  return unitA !== 0 && unitB !== 0 && unitA !== unitB;
}

function isSimilar(places: Dictionary, a: number, b: number): boolean {
  const { heap, starts } = places;
  return (
    jaroWinkler(
      heap,
      starts[a] as number,
      starts[a + 1] as number,
      heap,
      starts[b] as number,
      starts[b + 1] as number,
    ) >= 0.8
  );
}

/** Edits between two texts of a dictionary. */
export function editDistance({ heap, starts }: Dictionary, a: number, b: number): number {
  return osaDistance(
    heap,
    starts[a] as number,
    starts[a + 1] as number,
    heap,
    starts[b] as number,
    starts[b + 1] as number,
  );
}

/** Jaro–Winkler similarity of two texts of a dictionary. */
export function textSimilarity({ heap, starts }: Dictionary, a: number, b: number): number {
  return jaroWinkler(
    heap,
    starts[a] as number,
    starts[a + 1] as number,
    heap,
    starts[b] as number,
    starts[b + 1] as number,
  );
}
