import { type FieldDefinition } from '../compare/fields.js';
import { type LevelTable } from '../model/match-model.js';

/**
 * Guards that hold the classes in their meaning while EM runs. They are round numbers, one setting for all data, and matter where a
 * class has little of its own to learn from (a file without households has no kin).
 */

interface Cap {
  readonly field: string;
  /** Level names. */
  readonly levels: readonly string[];
  readonly most: number;
}

/** People of one household are different people: they rarely share a date of birth or a national identifier. */
const kinCaps: readonly Cap[] = [
  { field: 'birthDate', levels: ['same'], most: 0.003 },
  { field: 'birthDate', levels: ['one digit off'], most: 0.02 },
  { field: 'nationalId', levels: ['same', 'last four agree'], most: 0.05 },
  { field: 'identifier', levels: ['same'], most: 0.02 },
];

const twinCaps: readonly Cap[] = [{ field: 'nationalId', levels: ['same', 'last four agree'], most: 0.05 }];

/** Records of one person seldom differ wholly in what a person keeps. */
const matchCaps: readonly Cap[] = [
  { field: 'given', levels: ['newborns with other twin letters'], most: 0.00002 },
  { field: 'given', levels: ['distantly similar', 'different', 'initials crossed', 'one initial crossed'], most: 0.06 },
  { field: 'birthDate', levels: ['two digits off', 'within a year', 'within 16 years', 'different'], most: 0.06 },
  { field: 'birthDate', levels: ['within 16 years', 'different'], most: 0.02 },
  { field: 'nationalId', levels: ['different'], most: 0.1 },
  { field: 'middle', levels: ['different'], most: 0.1 },
  { field: 'email', levels: ['different'], most: 0.25 },
];

/** Levels of the given name in which kin are named like any two people; the levels of newborns are theirs to learn. */
const anchored = new Set('1 2 3 4 5 6 7 8 9 14 15 16'.split(' ').map(Number));

export function guardKin(field: FieldDefinition, kin: readonly number[], stranger: readonly number[]): number[] {
  const shaped = field.name === 'given' ? anchor(kin, stranger) : [...kin];
  return applyCaps(field, shaped, kinCaps);
}

export function guardMatch(field: FieldDefinition, match: readonly number[]): number[] {
  return applyCaps(field, [...match], matchCaps);
}

/** The namesake class needs a given name in common and dates of birth apart: a generation, or a decade. */
export const namesakeLevels: Readonly<Record<string, ReadonlySet<number>>> = {
  given: new Set([1, 2, 3, 4, 5, 6, 7]),
  birthDate: new Set([8, 9, 10, 11, 12]),
};

/** Fields in which a namesake learns a table of his own; in all others he is kin. */
export const namesakeFields: ReadonlySet<string> = new Set(['given', 'birthDate', 'sex', 'middle', 'suffix']);

export function restrictNamesake(field: FieldDefinition, namesake: readonly number[]): number[] {
  const allowed = namesakeLevels[field.name];
  if (allowed === undefined) return [...namesake];
  return normalise(namesake.map((p, i) => (allowed.has(i + 1) ? p : 1e-6)));
}

/** Fields in which twins learn a table of their own; the date of birth is one date written twice, as in a match; all else is kin's. */
export const twinFields: ReadonlySet<string> = new Set(['given', 'sex', 'nationalId']);

/**
 * "Baby Boy" beside a name is what a newborn's own records show; of two twins one is recorded before and one after naming about as
 * often. Left to learn it, the twin class takes every newborn for his own sibling. Only twin letters are its own.
 */
const unnamed = new Set([10, 11]);

/** Levels of the given name where one of two records has a twin letter: a newborn and a name, or two newborns. */
export const letteredOnOneSide = [13, 17] as const;

function guardTwin(field: FieldDefinition, { match, kin, twin, stranger }: LevelTable): number[] {
  if (field.name === 'birthDate') return [...match];
  if (!twinFields.has(field.name)) return [...kin];
  if (field.name !== 'given') return applyCaps(field, [...twin], twinCaps);
  return normalise(anchor(twin, stranger).map((p, i) => (unnamed.has(i + 1) ? (match[i] ?? p) : p)));
}

export function applyGuards(field: FieldDefinition, table: LevelTable): LevelTable {
  return {
    match: guardMatch(field, table.match),
    kin: guardKin(field, table.kin, table.stranger),
    twin: guardTwin(field, table),
    namesake: restrictNamesake(field, namesakeFields.has(field.name) ? table.namesake : table.kin),
    stranger: table.stranger,
  };
}

function anchor(kin: readonly number[], stranger: readonly number[]): number[] {
  const massOf = (row: readonly number[]): number => row.reduce((sum, p, i) => sum + (anchored.has(i + 1) ? p : 0), 0);
  const scale = massOf(kin) / massOf(stranger);
  return kin.map((p, i) => (anchored.has(i + 1) ? (stranger[i] ?? 0) * scale : p));
}

/** Cuts a group of levels to its cap and gives the rest to the others in proportion. */
function applyCaps(field: FieldDefinition, row: number[], caps: readonly Cap[]): number[] {
  for (const cap of caps) {
    if (cap.field !== field.name) continue;
    const inGroup = field.levels.map((level) => cap.levels.includes(level));
    const mass = row.reduce((sum, p, i) => sum + (inGroup[i] === true ? p : 0), 0);
    if (mass <= cap.most || mass >= 1) continue;
    row = row.map((p, i) => (inGroup[i] === true ? (p * cap.most) / mass : (p * (1 - cap.most)) / (1 - mass)));
  }
  return row;
}

function normalise(row: readonly number[]): number[] {
  const sum = row.reduce((total, p) => total + p, 0);
  return row.map((p) => p / sum);
}
