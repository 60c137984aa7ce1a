import { type Comparer } from '../compare/compare-rows.js';
import { field, fieldDefinitions, type FieldDefinition } from '../compare/fields.js';
import { column, firstRow, flag, rowInts } from '../index/row-layout.js';
import { compileModel, levelStride, type LevelTable, type MatchModel } from '../model/match-model.js';
import { strangerCorrection, type ValueShares } from '../model/score-pair.js';
import { startingTables } from '../model/starting-tables.js';
import { type FileBlocks } from './candidate-pairs.js';
import { type DrawnPairs, drawPairs } from './draw-pairs.js';
import {
  type ClassParameters,
  expectationMaximisation,
  learntClasses,
  logsByLevel,
  logSizesOf,
  pairPosteriors,
  type PairSample,
} from './expectation-maximisation.js';
import { cleanStrangers, countRandomPairs, type PairFilter, toStrangerTable } from './stranger-tables.js';
import { chanceOfCoincidence, valueShares } from './value-shares.js';

export interface TrainOptions {
  readonly version: string;
  /** Which pairs count: everything, or only pairs across two files. */
  readonly isPairWanted?: PairFilter;
  /** Number of all wanted pairs; n(n − 1)/2 unless two files are linked. */
  readonly allPairs?: number;
  /** Most candidate pairs to learn from; more are sampled by record. */
  readonly maxPairs?: number;
  readonly randomPairs?: number;
  readonly seed?: number;
  /** Leaves the classes of the household out from the beginning, to measure what they bring and cost. */
  readonly withoutHouseholds?: boolean;
}

export interface Training {
  readonly model: MatchModel;
  /** Shares of values weighted by person, to score the same file with. */
  readonly shares: ValueShares;
  readonly hasKin: boolean;
  /** All candidate pairs with their levels, where every record was drawn to learn from: nobody has to compare them again. */
  readonly compared?: DrawnPairs;
}

/** Fewer kin pairs than this for each match are no households but leftovers, and the classes of the household are left out. */
const leastKin = 0.01;
/** Where the class sizes start, as shares of the candidates. */
const startShares = [0.27, 0.03, 0.3, 0.003, 0.01];

/**
 * Learns a model from records without labels: u from random pairs, then EM over candidate pairs, twice, the second time with the
 * frequencies of values counted by person and u freed from the matches among random pairs. The classes of the household are left out
 * where EM finds fewer than one kin pair for a hundred matches.
 */
export function trainModel(comparer: Comparer, blocks: FileBlocks, options: TrainOptions): Training {
  const fields = fieldDefinitions(comparer.extras);
  const seed = options.seed ?? 1;
  const isPairWanted = options.isPairWanted ?? (() => true);
  const records = liveRows(comparer);
  const allPairs = options.allPairs ?? (records.length * (records.length - 1)) / 2;
  const drawn = drawPairs(comparer, blocks, records, {
    seed,
    max: options.maxPairs ?? 250_000,
    isPairWanted,
    fields: fields.length,
  });
  const counts = countRandomPairs(
    comparer,
    records,
    options.randomPairs ?? Math.min(200_000, Math.max(20_000, 40 * records.length)),
    fields.length,
    seed + 1,
    isPairWanted,
  );
  const random = fields.map((definition, f) => toStrangerTable(counts[f] as Float64Array, definition));
  const strangers = drawn.rate * allPairs;
  const prior = startingTables(fields);
  const withStrangers = (rows: readonly (readonly number[])[]): LevelTable[] =>
    prior.map((table, f) => ({ ...table, stranger: rows[f] ?? table.stranger }));
  const sampleWith = (tables: readonly LevelTable[], shares: ValueShares, nameCoincidence: number): PairSample => ({
    fields,
    count: drawn.count,
    levels: drawn.levels,
    strangerScores: strangerScores(comparer, drawn, tables, shares, nameCoincidence, strangers, records.length),
  });

  const tables = withStrangers(random);
  const recordShares = valueShares(comparer.store);
  const first = sampleWith(tables, recordShares, 0);
  const start = { sizes: startShares.map((share) => share * drawn.count), tables };
  let hasKin = options.withoutHouseholds !== true;
  let result = expectationMaximisation(first, { start, hasKin });
  let iterations = result.iterations;
  if (hasKin && sizeOf(result.parameters, 'kin') < leastKin * matchesOf(result.parameters)) {
    hasKin = false;
    result = expectationMaximisation(first, { start, hasKin });
    iterations += result.iterations;
  }

  const share = Math.min(0.5, matchesOf(result.parameters) / strangers);
  const cleaned = withStrangers(
    random.map((row, f) =>
      cleanStrangers(fields[f] as FieldDefinition, row, result.parameters.tables[f]?.match ?? [], share),
    ),
  );
  const posteriors = posteriorsOf(first, result.parameters, hasKin);
  const nameCoincidence = coincidenceOfNames(drawn, fields.length, posteriors.stranger, recordShares, strangers);
  const shares =
    drawn.rate === 1
      ? valueShares(comparer.store, expectedDuplicates(drawn, posteriors.match, comparer.store.size))
      : recordShares;
  result = expectationMaximisation(sampleWith(cleaned, shares, nameCoincidence), {
    start: { sizes: result.parameters.sizes, tables: cleaned },
    from: {
      sizes: result.parameters.sizes,
      tables: result.parameters.tables.map((table, f) => ({
        ...table,
        stranger: cleaned[f]?.stranger ?? table.stranger,
      })),
    },
    hasKin,
  });
  iterations += result.iterations;

  const perRecord = 2 / (drawn.rate * records.length);
  const household = (name: 'kin' | 'twin' | 'namesake'): number =>
    hasKin ? sizeOf(result.parameters, name) * perRecord : 1e-12;
  const model: MatchModel = {
    format: 'hie-match-model/1',
    version: options.version,
    fields: fields.map(({ name }, f) => ({ name, table: result.parameters.tables[f] as LevelTable })),
    pairsPerRecord: {
      match: matchesOf(result.parameters) * perRecord,
      kin: household('kin'),
      twin: household('twin'),
      namesake: household('namesake'),
    },
    noisyShare: sizeOf(result.parameters, 'noisy') / matchesOf(result.parameters),
    nameCoincidence,
    usesTermFrequency: true,
    trainedOn: { records: records.length, pairs: drawn.count, iterations },
  };
  return { model, shares, hasKin, ...(drawn.rate === 1 ? { compared: drawn } : {}) };
}

function sizeOf({ sizes }: ClassParameters, name: (typeof learntClasses)[number]): number {
  return sizes[learntClasses.indexOf(name)] ?? 0;
}

const matchesOf = (parameters: ClassParameters): number => sizeOf(parameters, 'match') + sizeOf(parameters, 'noisy');

function liveRows({ store }: Comparer): Uint32Array {
  const live: number[] = [];
  for (let row = firstRow; row < store.size; row++) {
    const at = row * rowInts;
    if (store.rows[at + column.owner] === row && ((store.rows[at + column.flags] as number) & flag.gone) === 0)
      live.push(row);
  }
  return Uint32Array.from(live);
}

function strangerScores(
  { store, extras }: Comparer,
  drawn: DrawnPairs,
  tables: readonly LevelTable[],
  shares: ValueShares,
  nameCoincidence: number,
  strangers: number,
  records: number,
): Float64Array {
  const width = tables.length;
  const compiled = compileModel(
    {
      format: 'hie-match-model/1',
      version: 'strangers only',
      fields: fieldDefinitions(extras).map(({ name }, f) => ({ name, table: tables[f] as LevelTable })),
      pairsPerRecord: { match: 1, kin: 1, twin: 1, namesake: 1 },
      noisyShare: 0.5,
      nameCoincidence,
      usesTermFrequency: true,
      trainedOn: { records, pairs: 0, iterations: 0 },
    },
    fieldDefinitions(extras),
  );
  const { stranger } = compiled.logs;
  const frequencies = { store, shares, logRecords: Math.log(records) };
  const scores = new Float64Array(drawn.count);
  for (let i = 0; i < drawn.count; i++) {
    let score = Math.log(strangers);
    for (let f = 0; f < width; f++)
      score += stranger[f * levelStride + (drawn.levels[i * width + f] as number)] as number;
    scores[i] =
      score +
      strangerCorrection(compiled, drawn.levels, i * width, frequencies, drawn.a[i] as number, drawn.b[i] as number);
  }
  return scores;
}

function posteriorsOf(
  sample: PairSample,
  parameters: ClassParameters,
  hasKin: boolean,
): { match: Float32Array; stranger: Float32Array } {
  const logs = logsByLevel(sample.fields, parameters.tables);
  const logSizes = logSizesOf(parameters, hasKin);
  const posterior = new Float64Array(learntClasses.length);
  const match = new Float32Array(sample.count);
  const stranger = new Float32Array(sample.count);
  for (let i = 0; i < sample.count; i++) {
    pairPosteriors(sample, i, logs, logSizes, posterior);
    match[i] = (posterior[0] as number) + (posterior[1] as number);
    stranger[i] = 1 - posterior.reduce((sum, p) => sum + p, 0);
  }
  return { match, stranger };
}

/** log of (strangers seen with both names the same ÷ expected from the frequencies of the names), in [0, 4]. */
function coincidenceOfNames(
  drawn: DrawnPairs,
  width: number,
  stranger: Float32Array,
  shares: ValueShares,
  strangers: number,
): number {
  let seen = 0;
  for (let i = 0; i < drawn.count; i++) {
    if (drawn.levels[i * width + field.given] === 1 && drawn.levels[i * width + field.family] === 1)
      seen += stranger[i] as number;
  }
  const expected = strangers * chanceOfCoincidence(shares.given) * chanceOfCoincidence(shares.family);
  return expected < 20 ? 0 : Math.min(4, Math.max(0, Math.log((seen + 1) / (expected + 1))));
}

function expectedDuplicates(drawn: DrawnPairs, match: Float32Array, rows: number): Float32Array {
  const duplicates = new Float32Array(rows);
  for (let i = 0; i < drawn.count; i++) {
    const a = drawn.a[i] as number;
    const b = drawn.b[i] as number;
    duplicates[a] = (duplicates[a] as number) + (match[i] as number);
    duplicates[b] = (duplicates[b] as number) + (match[i] as number);
  }
  return duplicates;
}
