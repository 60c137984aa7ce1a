import { type Weighted, weighted } from '../random/weighted.js';
import { type Culture, type Heritage, isHeritage } from './culture.js';
import { givenNames } from './given-names.data.js';
import { heritageNames } from './heritage-names.data.js';
import { surnames } from './surnames.data.js';

/** Administrative sex as hospitals record it at birth. */
export type Sex = 'F' | 'M';

interface NationalName {
  readonly name: string;
  readonly sex: Sex;
  readonly living: number;
  /** Percent of bearers by origin: white, black, hispanic, api. */
  readonly shares: readonly number[];
  /** Births per 100,000 by decade, 1920s first. */
  readonly births: readonly number[];
}

const FIRST_DECADE = 1920;
const DECADES = 10;

const count36 = (text: string | undefined): number => (text ? Number.parseInt(text, 36) : 0);
const percent = (text: string | undefined): number => (text ? Number(text) : 0);

/** Keeps the result of a function of a short string: the tables are decoded once, when first asked for. */
function remembered<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}

const nationalGivenNames = remembered((): readonly NationalName[] =>
  givenNames.split(';').map((line) => {
    const [name = '', sex, living, ...rest] = line.split(',');
    return {
      name,
      sex: sex === 'M' ? 'M' : 'F',
      living: count36(living),
      shares: rest.slice(0, 4).map(percent),
      births: rest.slice(4, 4 + DECADES).map(count36),
    };
  }),
);

const nationalSurnames = remembered(() =>
  surnames.split(';').map((line) => {
    const [name = '', count, ...shares] = line.split(',');
    return { name, count: count36(count), shares: shares.map(percent) };
  }),
);

const heritageEntries = remembered(() =>
  heritageNames.split(';').map((line) => {
    const [tradition = '', name = '', kind = '', count] = line.split(',');
    return { tradition, name, kind, count: count36(count) };
  }),
);

const originOf = (culture: Culture): number =>
  culture === 'african-american' ? 1 : culture === 'hispanic' ? 2 : isHeritage(culture) ? 3 : 0;

const bornTable = remembered((key): Weighted<string> => {
  const [origin = '0', sex, decade = '0'] = key.split('/');
  const rows = nationalGivenNames('').filter((row) => row.sex === sex);
  const weight = (row: NationalName): number => (row.births[Number(decade)] ?? 0) * (row.shares[Number(origin)] ?? 0);
  return names(rows, weight);
});

const livingTable = remembered((key): Weighted<string> => {
  const [origin = '0', sex] = key.split('/');
  const rows = nationalGivenNames('').filter((row) => row.sex === sex);
  return names(rows, (row) => row.living * (row.shares[Number(origin)] ?? 0));
});

const heritageTable = remembered((key): Weighted<string> => {
  const [tradition, kind] = key.split('/');
  const rows = heritageEntries('').filter((row) => row.tradition === tradition && row.kind === kind);
  return names(rows, (row) => row.count);
});

const surnameTable = remembered((origin): Weighted<string> =>
  names(nationalSurnames(''), (row) => row.count * (row.shares[Number(origin)] ?? 0)),
);

function names<T extends { readonly name: string }>(
  rows: readonly T[],
  weightOf: (row: T) => number,
): Weighted<string> {
  const kept = rows.filter((row) => weightOf(row) > 0);
  const table = weighted(kept, weightOf);
  return { items: kept.map(({ name }) => name), cumulative: table.cumulative };
}

/** Given names of children born in the United States in a decade, weighted by births × share of the origin among the bearers. */
export function givenNamesAtBirth(culture: Culture, sex: Sex, birthYear: number): Weighted<string> {
  const decade = Math.min(DECADES - 1, Math.max(0, Math.floor((birthYear - FIRST_DECADE) / 10)));
  return bornTable(`${originOf(culture)}/${sex}/${decade}`);
}

/** Given names of residents of an origin whatever their age and place of birth: the fitting table for people who immigrated. */
export function givenNamesOfResidents(culture: Culture, sex: Sex): Weighted<string> {
  return livingTable(`${originOf(culture)}/${sex}`);
}

/** Given names (by sex) of a naming tradition with lists of its own. */
export function heritageGivenNames(heritage: Heritage, sex: Sex): Weighted<string> {
  return heritageTable(`${heritage}/${sex}`);
}

/** Surnames of a tradition, weighted by bearers. */
export function surnamesOf(culture: Culture): Weighted<string> {
  return isHeritage(culture) ? heritageTable(`${culture}/*`) : surnameTable(String(originOf(culture)));
}
