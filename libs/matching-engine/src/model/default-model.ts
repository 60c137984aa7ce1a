import { type LevelTable, type MatchModel } from './match-model.js';

/** Per field: P(level | class) in thousandths, for match, kin, namesake and stranger. */
const tables: readonly (readonly [field: string, match: string, kin: string, namesake: string, stranger: string])[] = [
  [
    'given',
    '791 62.7 9.53 56 2.85 8.58 13 3.04 12.1 32.6 0.0654 0.0159 0.044 2.02 5.77 1.25',
    '2.13 2.32 0.537 0.945 1.24 0.578 0.00386 9.4 866 93.6 4.22 0.00515 0.0357 0.333 15.9 2.8',
    '798 97.4 10.6 53.7 11 28.9 0.00199 0.00199 0.00199 0.00199 0.00199 0.00199 0.00199 0.00199 0.00199 0.00199',
    '2.22 2.42 0.558 0.984 1.29 0.604 0.00354 9.82 904 57.6 0.93 0.00126 0.0264 0.335 16.4 2.89',
  ],
  [
    'family',
    '848 71.8 13.7 2.16 13 2.08 8.17 40.7 0.699',
    '832 57.9 29.6 1.56 0.0154 1.45 61.6 15.1 0.403',
    '832 57.9 29.6 1.56 0.0154 1.45 61.6 15.1 0.403',
    '0.731 0.444 0.864 0.513 0.00354 6.2 732 258 0.714',
  ],
  [
    'birthDate',
    '927 33.5 3.79 11.8 6.14 0.00509 0.427 0.473 0.197 3.04 7.66 6.23 0.0407',
    '4.77 1.79 0.0555 0.344 0.221 0.00274 2.92 17 61.5 371 541 0.116 0.0806',
    '0.011 0.00298 0.00298 0.00398 0.00199 0.00199 0.00199 0.0435 0.0759 62.4 937 0.45 0.0807',
    '0.0377 0.864 0.0165 0.0394 0.144 0.00128 2.92 11 33.9 336 615 0.241 0.00128',
  ],
  ['middle', '197 793 6.21 3.2', '0.637 48.8 0.767 950', '170 644 3.37 183', '0.704 51.8 0.947 947'],
  ['suffix', '261 731 8.03', '5.26 981 13.3', '3.03 619 378', '3.17 995 2.05'],
  ['sex', '991 9.03', '388 612', '997 3.49', '501 499'],
  [
    'nationalId',
    '500 20 3 20 450 7',
    '1.63 1.63 1.63 980 1.63 13.1',
    '1.63 1.63 1.63 980 1.63 13.1',
    '0.001 0.01 0.1 997 0.1 3',
  ],
  ['phone', '500 11.8 488', '437 8.21 555', '437 8.21 555', '0.00479 0.00135 1000'],
  ['email', '969 27.7 3.06', '2.35 32.3 965', '2.35 32.3 965', '0.0577 0.226 1000'],
  [
    'address',
    '567 0.204 75.1 0.51 97.3 62.9 197',
    '711 0.203 85.9 0.654 117 26.9 58.6',
    '711 0.203 85.9 0.654 117 26.9 58.6',
    '0.0108 0.00125 0.00485 0.00874 1.74 10.4 988',
  ],
  ['identifier', '950 50', '1 999', '1 999', '0.01 1000'],
];

/**
 * The model an index has before it is trained on its own records: parameters learnt without labels on a hundred thousand synthetic
 * North American records (`trainModel`), rounded, with a hundredth of the starting tables mixed in so that nothing is impossible.
 * It knows the fixed fields alone; an index with extra fields must be trained.
 */
export const defaultModel: MatchModel = {
  format: 'hie-match-model/1',
  version: 'default-1',
  fields: tables.map(([name, ...rows]) => ({ name, table: readTable(rows) })),
  pairsPerRecord: { match: 1.86, kin: 2.31, twin: 0.01, namesake: 0.0386 },
  nameCoincidence: 0.91,
  noisyShare: 0.1,
  usesTermFrequency: true,
  trainedOn: { records: 0, pairs: 0, iterations: 0 },
};

function readTable([match, kin, namesake, stranger]: readonly [string, string, string, string]): LevelTable {
  return {
    match: readRow(match),
    kin: readRow(kin),
    twin: readRow(kin),
    namesake: readRow(namesake),
    stranger: readRow(stranger),
  };
}

function readRow(thousandths: string): readonly number[] {
  const numbers = thousandths.split(' ').map(Number);
  const sum = numbers.reduce((total, weight) => total + weight, 0);
  return numbers.map((weight) => weight / sum);
}
