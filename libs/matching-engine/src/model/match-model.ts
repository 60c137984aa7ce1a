import { type FieldDefinition } from '../compare/fields.js';
import { noisyRow } from './noisy-match.js';

/**
 * What a pair of records can be.
 *
 * - `match`: one person, recorded twice.
 * - `kin`: two people of one household: they share name, address and telephone, not the given name and date of birth.
 * - `twin`: kin born on one day; their national identifiers may be neighbours.
 * - `namesake`: two people of one household with one name (father and son, grandmother and granddaughter).
 * - `stranger`: two people who have nothing to do with each other.
 */
export const pairClasses = ['match', 'kin', 'twin', 'namesake', 'stranger'] as const;
export type PairClass = (typeof pairClasses)[number];

/** P(level | class) of one field, one row a class; index 0 is level 1. Each row sums to 1. */
export type LevelTable = Readonly<Record<PairClass, readonly number[]>>;

/**
 * A trained model: plain numbers, safe to store as JSON and to compare between versions.
 *
 * Fellegi & Sunter (1969) weigh a level by log₂(m/u), match against non-match. Here the non-matches are four classes, because the
 * two-class form takes households for matches: with posterior odds over all of them, what kin share is no evidence for a match.
 */
export interface MatchModel {
  readonly format: 'hie-match-model/1';
  /** Names the training: a version to log with every decision. */
  readonly version: string;
  readonly fields: readonly { readonly name: string; readonly table: LevelTable }[];
  /** Expected number of pairs of each class that one record is part of. Strangers need none: they are all other records. */
  readonly pairsPerRecord: {
    readonly match: number;
    readonly kin: number;
    readonly twin: number;
    readonly namesake: number;
  };
  /** Share of matches that are badly recorded (`noisyRow`). */
  readonly noisyShare: number;
  /** Natural logarithm by which two strangers share given and family name more often than the two are frequent: names cluster by culture. */
  readonly nameCoincidence: number;
  /** Whether the rarity of a value changes what its coincidence says. */
  readonly usesTermFrequency: boolean;
  readonly trainedOn: { readonly records: number; readonly pairs: number; readonly iterations: number };
}

/** Below this a learnt probability is taken for a gap in the data, not for impossibility. */
export const probabilityFloor = 1e-7;

/** A model with its tables as natural logarithms in typed arrays, `[field * 32 + level]`, 0 at level 0. */
export interface CompiledModel {
  readonly model: MatchModel;
  readonly logs: Readonly<Record<PairClass | 'noisy', Float64Array>>;
  /** Logarithms of the expected pairs per record; matches split in well and badly recorded ones. */
  readonly logPairs: Readonly<Record<Exclude<PairClass, 'stranger'> | 'noisy', number>>;
}

export const levelStride = 32;

/** @throws RangeError when the model's fields are not those of the index, or it holds a probability outside [0, 1]. */
export function compileModel(model: MatchModel, fields: readonly FieldDefinition[]): CompiledModel {
  const fits =
    model.fields.length === fields.length &&
    fields.every(
      ({ name, levels }, f) => model.fields[f]?.name === name && model.fields[f].table.match.length === levels.length,
    );
  if (!fits) throw new RangeError('the match model was trained for other fields than these');
  const logsOf = (rowOf: (table: LevelTable, field: FieldDefinition) => readonly number[]): Float64Array => {
    const logs = new Float64Array(fields.length * levelStride);
    fields.forEach((field, f) => {
      const { table } = model.fields[f] as MatchModel['fields'][number];
      rowOf(table, field).forEach((probability, level) => {
        if (!(probability >= 0 && probability <= 1 + 1e-9))
          throw new RangeError('a level of the match model is no probability');
        logs[f * levelStride + level + 1] = Math.log(Math.max(probability, probabilityFloor));
      });
    });
    return logs;
  };
  const { match, kin, twin, namesake } = model.pairsPerRecord;
  return {
    model,
    logs: {
      match: logsOf((table) => table.match),
      noisy: logsOf((table, field) => noisyRow(field, table.match)),
      kin: logsOf((table) => table.kin),
      twin: logsOf((table) => table.twin),
      namesake: logsOf((table) => table.namesake),
      stranger: logsOf((table) => table.stranger),
    },
    logPairs: {
      match: Math.log(match * (1 - model.noisyShare)),
      noisy: Math.log(match * model.noisyShare),
      kin: Math.log(kin),
      twin: Math.log(twin),
      namesake: Math.log(namesake),
    },
  };
}
