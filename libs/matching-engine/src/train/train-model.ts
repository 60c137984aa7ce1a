import { compareRecords } from '../compare/compare-records.js';
import { type Comparer } from '../compare/compare-rows.js';
import { field, fieldDefinitions, type FieldDefinition } from '../compare/fields.js';
import { column, firstRow, flag, rowInts } from '../index/row-layout.js';
import { compileModel, type LevelTable, type MatchModel } from '../model/match-model.js';
import { strangerCorrection, type ValueShares } from '../model/score-pair.js';
import { startingTables } from '../model/starting-tables.js';
import { type FileBlocks, forEachCandidate } from './candidate-pairs.js';
import {
  type ClassParameters,
  expectationMaximisation,
  type EmResult,
  type PairSample,
} from './expectation-maximisation.js';
import { randomSource } from './random-source.js';
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
}

export interface Training {
  readonly model: MatchModel;
  /** Shares of values weighted by person, to score the same file with. */
  readonly shares: ValueShares;
  readonly hasKin: boolean;
}

/** Candidate pairs drawn for training, with the rows they come from. */
export interface DrawnPairs {
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  readonly levels: Uint8Array;
  readonly count: number;
  /** Share of all records whose candidates are in the sample. */
  readonly rate: number;
}

/**
 * Learns a model from records without labels: u from random pairs, then EM over candidate pairs, twice, the second time with the
 * frequencies of values counted by person. The kin and namesake classes are left out where a file has no households: when neither
 * addresses nor telephones are recorded, or when EM finds fewer than one kin pair for a hundred matches.
 */
export function trainModel(comparer: Comparer, blocks: FileBlocks, options: TrainOptions): Training {
  const { store } = comparer;
  const fields = fieldDefinitions(comparer.extras);
  const seed = options.seed ?? 1;
  const isPairWanted = options.isPairWanted ?? (() => true);
  const records = liveRows(comparer);
  const allPairs = options.allPairs ?? (records.length * (records.length - 1)) / 2;
  const drawn = drawPairs(comparer, blocks, records, {
    seed,
    max: options.maxPairs ?? 1_500_000,
    isPairWanted,
    fields: fields.length,
  });
  const counts = countRandomPairs(
    comparer,
    records,
    options.randomPairs ?? 400_000,
    fields.length,
    seed + 1,
    isPairWanted,
  );
  const randomTables = fields.map((definition, f) => toStrangerTable(counts[f] as Float64Array, definition));
  let shares = valueShares(store);
  let nameCoincidence = 0;
  let hasKin = mayHaveKin(comparer, records);
  const prior = startingTables(fields);
  const fit = (start: ClassParameters): EmResult => {
    const scores = strangerScores(
      comparer,
      drawn,
      start.tables,
      shares,
      nameCoincidence,
      drawn.rate * allPairs,
      records.length,
    );
    return expectationMaximisation(
      { fields, count: drawn.count, levels: drawn.levels, strangerScores: scores },
      { start, hasKin },
    );
  };
  const startWith = (strangers: readonly (readonly number[])[]): ClassParameters => ({
    match: 0.3 * drawn.count,
    kin: 0.3 * drawn.count,
    twin: 0.003 * drawn.count,
    namesake: 0.01 * drawn.count,
    tables: prior.map((table, f) => ({ ...table, stranger: strangers[f] ?? table.stranger })),
  });
  let result = fit(startWith(randomTables));
  let iterations = result.iterations;
  if (hasKin && result.parameters.kin < 0.01 * result.parameters.match) {
    hasKin = false;
    result = fit(startWith(randomTables));
    iterations += result.iterations;
  }
  const sample = { fields, count: drawn.count, levels: drawn.levels };
  for (let round = 0; round < 1; round++) {
    const share = result.parameters.match / (drawn.rate * allPairs);
    const cleaned = randomTables.map((table, f) =>
      cleanStrangers(
        fields[f] as FieldDefinition,
        table,
        result.parameters.tables[f]?.match ?? [],
        Math.min(0.5, share),
      ),
    );
    const posteriors = matchPosteriors(
      comparer,
      drawn,
      sample,
      result.parameters,
      shares,
      nameCoincidence,
      drawn.rate * allPairs,
      records.length,
      hasKin,
    );
    nameCoincidence = coincidenceOfNames(drawn, fields.length, posteriors.stranger, shares, drawn.rate * allPairs);
    if (drawn.rate === 1) shares = valueShares(store, expectedDuplicates(drawn, posteriors.match, store.size));
    result = fit({
      ...result.parameters,
      tables: prior.map((table, f) => ({ ...table, stranger: cleaned[f] ?? table.stranger })),
    });
    iterations += result.iterations;
  }
  const perRecord = 2 / (drawn.rate * records.length);
  const { match, kin, twin, namesake, tables } = result.parameters;
  const model: MatchModel = {
    format: 'hie-match-model/1',
    version: options.version,
    fields: fields.map(({ name }, f) => ({ name, table: tables[f] as LevelTable })),
    pairsPerRecord: {
      match: match * perRecord,
      kin: hasKin ? kin * perRecord : 1e-12,
      twin: hasKin ? twin * perRecord : 1e-12,
      namesake: hasKin ? namesake * perRecord : 1e-12,
    },
    nameCoincidence,
    usesTermFrequency: true,
    trainedOn: { records: records.length, pairs: drawn.count, iterations },
  };
  return { model, shares, hasKin };
}

export function liveRows({ store }: Comparer): Uint32Array {
  const live: number[] = [];
  for (let row = firstRow; row < store.size; row++) {
    const at = row * rowInts;
    if (store.rows[at + column.owner] === row && ((store.rows[at + column.flags] as number) & flag.gone) === 0)
      live.push(row);
  }
  return Uint32Array.from(live);
}

function drawPairs(
  comparer: Comparer,
  blocks: FileBlocks,
  records: Uint32Array,
  { seed, max, isPairWanted, fields }: { seed: number; max: number; isPairWanted: PairFilter; fields: number },
): DrawnPairs {
  const order = shuffled(records, seed);
  const stamps = new Uint32Array(comparer.store.size);
  const a: number[] = [];
  const b: number[] = [];
  let used = 0;
  for (; used < order.length && a.length < max; used++) {
    const row = order[used] as number;
    forEachCandidate(blocks, row, stamps, (other) => {
      if (!isPairWanted(row, other)) return;
      a.push(row);
      b.push(other);
    });
  }
  const levels = new Uint8Array(a.length * fields);
  for (let i = 0; i < a.length; i++) compareRecords(comparer, a[i] as number, b[i] as number, levels, i * fields);
  return {
    a: Uint32Array.from(a),
    b: Uint32Array.from(b),
    levels,
    count: a.length,
    rate: used / Math.max(1, order.length),
  };
}

function shuffled(rows: Uint32Array, seed: number): Uint32Array {
  const order = rows.slice();
  const random = randomSource(seed);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}

function mayHaveKin({ store }: Comparer, records: Uint32Array): boolean {
  let addressed = 0;
  let phoned = 0;
  for (const row of records) {
    if (store.rows[row * rowInts + column.street] !== 0) addressed++;
    if (store.rows[row * rowInts + column.phone] !== 0) phoned++;
  }
  return Math.max(addressed, phoned) > 0.05 * records.length;
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
  const definitions: readonly FieldDefinition[] = fieldDefinitions(extras);
  const compiled = compileModel({
    format: 'hie-match-model/1',
    version: 'stranger',
    fields: definitions.map(({ name }, f) => ({ name, table: tables[f] as LevelTable })),
    pairsPerRecord: { match: 1, kin: 1, twin: 1, namesake: 1 },
    nameCoincidence,
    usesTermFrequency: true,
    trainedOn: { records, pairs: 0, iterations: 0 },
  });
  const logs = compiled.logs[4];
  const frequencies = { store, shares, logRecords: Math.log(records) };
  const scores = new Float64Array(drawn.count);
  for (let i = 0; i < drawn.count; i++) {
    let score = Math.log(strangers);
    for (let f = 0; f < width; f++) score += logs[f * 32 + (drawn.levels[i * width + f] as number)] as number;
    scores[i] =
      score +
      strangerCorrection(compiled, drawn.levels, i * width, frequencies, drawn.a[i] as number, drawn.b[i] as number);
  }
  return scores;
}

function matchPosteriors(
  comparer: Comparer,
  drawn: DrawnPairs,
  sample: Omit<PairSample, 'strangerScores'>,
  parameters: ClassParameters,
  shares: ValueShares,
  nameCoincidence: number,
  strangers: number,
  records: number,
  hasKin: boolean,
): { match: Float32Array; stranger: Float32Array } {
  const scores = strangerScores(comparer, drawn, parameters.tables, shares, nameCoincidence, strangers, records);
  const width = sample.fields.length;
  const logs = (['match', 'kin', 'twin', 'namesake'] as const).map((name) =>
    parameters.tables.map((table) => [0, ...table[name].map((p) => Math.log(Math.max(p, 1e-7)))]),
  );
  const sizes = [parameters.match, parameters.kin, parameters.twin, parameters.namesake].map(Math.log);
  const match = new Float32Array(drawn.count);
  const stranger = new Float32Array(drawn.count);
  for (let i = 0; i < drawn.count; i++) {
    const joint = [0, 1, 2, 3].map((c) => {
      if (c > 0 && !hasKin) return -Infinity;
      let score = sizes[c] as number;
      for (let f = 0; f < width; f++) score += logs[c]?.[f]?.[drawn.levels[i * width + f] as number] as number;
      return score;
    });
    const s = scores[i] as number;
    const top = Math.max(s, ...joint);
    const sum = joint.reduce((total, score) => total + Math.exp(score - top), Math.exp(s - top));
    match[i] = Math.exp((joint[0] as number) - top) / sum;
    stranger[i] = Math.exp(s - top) / sum;
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
