import { fixedFields } from '../compare/fields.js';
import { type LevelTable, type MatchModel } from './match-model.js';
import { normaliseGroups } from './starting-tables.js';

type Rows = readonly [match: string, kin: string, twin: string, namesake: string, stranger: string];

/** Per field: P(level | class) in thousandths, for match, kin, twin, namesake and stranger. */
const tables: readonly (readonly [field: string, ...Rows])[] = [
  [
    'given',
    '800 65.1 9.8 49.8 2.62 7.76 8.47 1.83 9.01 36.6 0.0316 0.0126 0.0075 2.05 4.62 1.22 0.39',
    '2.1 2.29 0.52 0.935 1.24 0.546 0.00273 9.42 860 97.5 4.68 0.00536 0.0107 0.372 15.7 2.89 1.36',
    '2.21 2.42 0.549 0.987 1.3 0.577 0.00284 9.95 908 37.6 0.12 4.49 0.89 0.392 16.6 3.05 46',
    '713 91.4 12.5 42.1 8.38 21.6 112 0.00199 0.00199 0.00199 0.00199 0.00199 0.00199 0.00199 0.00199 0.00199 0.00199',
    '2.2 2.42 0.545 0.981 1.3 0.575 0.00236 9.91 904 56.2 0.917 0.00251 0.0276 0.379 16.3 3.01 0.841',
  ],
  [
    'family',
    '882 65 14.5 1.67 0.00108 2.14 1.17 33.1 0.857 462 36.1 37.3 0.165 0.00307 4.92 187 273 0.106',
    '853 59.6 31.5 1.13 0.00106 0.983 40.8 12.7 0.27 689 49.1 35.9 0.613 0.00159 6.91 187 31.2 0.398',
    '853 59.6 31.5 1.13 0.00106 0.983 40.8 12.7 0.27 689 49.1 35.9 0.613 0.00159 6.91 187 31.2 0.398',
    '853 59.6 31.5 1.13 0.00106 0.983 40.8 12.7 0.27 691 49.2 35.9 0.613 0.00157 6.91 185 30.8 0.398',
    '0.86 0.491 0.817 0.509 0.00266 6.32 732 258 0.716 0.294 0.562 0.995 0.389 0.0433 6.88 739 251 0.649',
  ],
  [
    'birthDate',
    '945 29.2 3.37 9.24 5.18 0.00537 0.301 0.471 0.0214 0.72 1.06 5.53 0.0429',
    '0.152 1.52 0.0423 0.128 0.0319 0.00106 3.57 17.1 62.4 369 546 0.0738 0.0845',
    '945 29.2 3.37 9.24 5.18 0.00537 0.301 0.471 0.0214 0.72 1.06 5.53 0.0429',
    '0.011 0.00298 0.00298 0.00398 0.00199 0.00199 0.00199 0.0983 1.78 125 873 0.82 0.0807',
    '0.0414 0.86 0.0127 0.033 0.156 0.00255 2.94 10.8 33.9 335 616 0.222 0.00255',
  ],
  [
    'middle',
    '196 795 6.33 2.27',
    '0.468 47.6 1.1 951',
    '0.468 47.6 1.1 951',
    '143 596 4.91 256',
    '0.749 52.8 1.05 945',
  ],
  ['suffix', '293 705 1.95', '10.4 971 18.4', '10.4 971 18.4', '6.6 674 320', '3.91 994 1.89'],
  ['sex', '992 7.53', '389 611', '711 289', '992 7.5', '501 499'],
  [
    'nationalId',
    '500 20 3 20 450 7',
    '1.63 1.63 1.63 980 1.63 13.1',
    '5.88 176 35.3 588 5.88 188',
    '1.63 1.63 1.63 980 1.63 13.1',
    '0.001 0.01 0.1 997 0.1 3',
  ],
  ['phone', '499 9.89 491', '439 7.55 553', '439 7.55 553', '439 7.55 553', '0.00651 0.00295 1000'],
  ['email', '972 24.1 3.81', '5.73 38.6 956', '5.73 38.6 956', '5.73 38.6 956', '0.133 0.251 1000'],
  [
    'address',
    '575 0.215 68.8 0.619 101 62.9 192',
    '705 0.211 88 0.671 119 25.6 61.9',
    '705 0.211 88 0.671 119 25.6 61.9',
    '705 0.211 88 0.671 119 25.6 61.9',
    '0.017 0.0025 0.00627 0.0125 1.63 10.5 988',
  ],
  ['identifier', '950 50', '1 999', '1 999', '1 999', '0.01 1000'],
];

/**
 * The model an index has before it is trained on its own records: parameters learnt without labels on a hundred thousand synthetic
 * North American records (`trainModel`), rounded, with a hundredth of the starting tables mixed in so that nothing is impossible. Of pairs
 * in which one newborn has a twin letter, half are the newborn himself and half his sibling (ADR 0105): version 2.
 * It knows the fixed fields alone; an index with extra fields must be trained.
 */
export const defaultModel: MatchModel = {
  format: 'hie-match-model/1',
  version: 'default-2',
  fields: tables.map(([name, ...rows], f) => ({ name, table: readTable(f, rows) })),
  pairsPerRecord: { match: 1.83, kin: 2.3, twin: 0.0154, namesake: 0.0535 },
  noisyShare: 0.065,
  nameCoincidence: 0.92,
  usesTermFrequency: true,
  trainedOn: { records: 0, pairs: 0, iterations: 0 },
};

function readTable(f: number, [match, kin, twin, namesake, stranger]: Rows): LevelTable {
  const read = (thousandths: string): number[] => {
    const field = fixedFields[f];
    if (field === undefined) throw new RangeError('the default model has a field too many');
    return normaliseGroups(field, thousandths.split(' ').map(Number));
  };
  return { match: read(match), kin: read(kin), twin: read(twin), namesake: read(namesake), stranger: read(stranger) };
}
