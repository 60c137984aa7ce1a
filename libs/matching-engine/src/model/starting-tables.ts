import { type FieldDefinition, fixedFields, levelGroups } from '../compare/fields.js';
import { type LevelTable } from './match-model.js';

const table = (match: string, kin: string, namesake: string, stranger: string, twin = kin): LevelTable => ({
  match: row(match),
  kin: row(kin),
  twin: row(twin),
  namesake: row(namesake),
  stranger: row(stranger),
});

/** Where EM starts, and what it falls back on where data say nothing: rounded from published linkage studies and common sense. */
const fixedTables: readonly LevelTable[] = [
  table(
    '800 60 12 55 8 10 12 6 10 12 1 0.5 1 3 6 3 0.3',
    '2.3 1.7 0.7 1.1 1.3 0.5 0.05 9 870 60 4 0.5 1 1.5 29 6 0.3',
    '820 80 10 50 10 30 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1',
    '2.3 1.7 0.7 1.1 1.3 0.5 0.01 9 900 50 0.5 0.1 0.1 1.5 29 6 0.1',
    '2.3 1.7 0.7 1.1 1.3 0.5 0.05 9 840 80 10 20 5 1.5 29 6 10',
  ),
  table(
    '890 60 10 5 0.1 2 5 20 3 650 40 15 5 0.1 5 130 130 3',
    '860 50 30 3 0.1 1 40 15 2 700 40 30 3 0.1 1 160 50 2',
    '860 50 30 3 0.1 1 40 15 2 860 50 30 3 0.1 1 40 15 2',
    '1 0.5 0.7 1 0.1 5 740 250 3 1 0.5 0.7 1 0.1 5 740 250 3',
  ),
  table(
    '925 34 5 10 6 0.5 3 2 1 2 4 8 4',
    '0.5 1 0.3 0.5 0.5 0.1 4 18 70 370 530 0.2 8',
    '1 0.2 0.2 0.3 0.1 0.1 0.1 1 3 60 920 10 8',
    '0.04 0.8 0.1 0.1 0.2 0.1 3 11 35 335 610 0.1 8',
    '925 34 5 10 6 0.5 3 2 1 2 4 8 4',
  ),
  table('600 350 20 30', '20 60 10 910', '100 100 20 780', '12 60 8 920'),
  table('900 90 10', '300 500 200', '100 500 400', '200 700 100'),
  table('993 7', '500 500', '900 100', '500 500'),
  table('500 20 3 20 450 7', '1 1 1 600 1 8', '1 1 1 600 1 8', '0.001 0.01 0.1 997 0.1 3', '5 150 30 500 5 160'),
  table('600 25 375', '450 15 535', '450 15 535', '0.01 0.05 999.9'),
  table('820 50 130', '60 20 920', '60 20 920', '0.01 0.5 999'),
  table('650 20 40 10 40 90 150', '700 20 30 10 40 90 110', '700 20 30 10 40 90 110', '0.02 0.01 0.05 0.2 4 20 976'),
  table('950 50', '1 999', '1 999', '0.01 999.99'),
];

const extraTables: Readonly<Record<number, LevelTable>> = {
  2: table('850 150', '500 500', '500 500', '200 800'),
  4: table('780 80 40 100', '400 50 50 500', '400 50 50 500', '30 10 60 900'),
};

/**
 * The starting tables of an index's fields, in their order.
 *
 * @throws RangeError for a field whose number of levels has no table.
 */
export function startingTables(fields: readonly FieldDefinition[]): readonly LevelTable[] {
  return fields.map((field, i) => {
    const { levels } = field;
    const known = i < fixedFields.length ? fixedTables[i] : extraTables[levels.length];
    if (known?.match.length !== levels.length) throw new RangeError('no starting table for this number of levels');
    const split = (row: readonly number[]): number[] => normaliseGroups(field, row);
    return {
      match: split(known.match),
      kin: split(known.kin),
      twin: split(known.twin),
      namesake: split(known.namesake),
      stranger: split(known.stranger),
    };
  });
}

/** Scales a row so that each run of levels (`levelGroups`) sums to 1. */
export function normaliseGroups(field: FieldDefinition, row: readonly number[]): number[] {
  const scaled = [...row];
  for (const [from, to] of levelGroups(field)) {
    const sum = row.slice(from, to).reduce((total, p) => total + p, 0);
    for (let i = from; i < to; i++) scaled[i] = (row[i] ?? 0) / sum;
  }
  return scaled;
}

function row(weights: string): readonly number[] {
  const numbers = weights.split(' ').map(Number);
  const sum = numbers.reduce((total, weight) => total + weight, 0);
  return numbers.map((weight) => weight / sum);
}
