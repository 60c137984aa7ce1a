import { type FieldDefinition } from '../compare/fields.js';
import { levelStride, type LevelTable, probabilityFloor } from '../model/match-model.js';
import { normaliseGroups } from '../model/starting-tables.js';
import { applyGuards, namesakeFields, twinFields } from './guards.js';

/** Level vectors of candidate pairs, `fields` bytes a pair, with what each scores as strangers (natural log, fixed during EM). */
export interface PairSample {
  readonly fields: readonly FieldDefinition[];
  readonly count: number;
  readonly levels: Uint8Array;
  readonly strangerScores: Float64Array;
}

/** Expected numbers of pairs of each class in the sample, and the tables. */
export interface ClassParameters {
  readonly match: number;
  readonly kin: number;
  readonly twin: number;
  readonly namesake: number;
  readonly tables: readonly LevelTable[];
}

export interface EmOptions {
  readonly start: ClassParameters;
  readonly hasKin: boolean;
  /** Stop when the mean log-likelihood moves less than this. */
  readonly tolerance?: number;
  readonly maxIterations?: number;
}

export interface EmResult {
  readonly parameters: ClassParameters;
  readonly iterations: number;
  readonly meanLogLikelihood: number;
}

/** Pseudo-counts of the starting table that every learnt row is mixed with. */
const smoothing = 20;
/** Prior for namesakes among the pairs of one household, and its weight in pairs. */
const namesakePrior = { share: 0.03, weight: 200 };
/** The same for twins. */
const twinPrior = { share: 0.005, weight: 200 };

/**
 * Learns m and class sizes from candidate pairs without labels, by expectation–maximisation (Dempster, Laird & Rubin 1977; for
 * linkage Winkler 1988) over five classes of independent fields. The stranger class is not learnt: its tables come from random pairs
 * and its size is the number of all pairs, which anchors the other classes in absolute terms and with them the calibration.
 */
export function expectationMaximisation(sample: PairSample, options: EmOptions): EmResult {
  let parameters = options.start;
  let last = -Infinity;
  const maxIterations = options.maxIterations ?? 40;
  for (let iteration = 1; ; iteration++) {
    const expected = expect(sample, parameters, options.hasKin);
    parameters = maximise(sample, options.start.tables, parameters, expected, options.hasKin);
    const moved = expected.meanLogLikelihood - last;
    last = expected.meanLogLikelihood;
    if (Math.abs(moved) < (options.tolerance ?? 1e-5) || iteration === maxIterations) {
      return { parameters, iterations: iteration, meanLogLikelihood: last };
    }
  }
}

interface Expected {
  readonly sizes: Float64Array;
  /** Posterior-weighted level counts, by class then field then level. */
  readonly counts: readonly [Float64Array, Float64Array, Float64Array, Float64Array];
  /** Namesakes, twins and all household pairs among pairs with both dates of birth. */
  readonly dated: { namesake: number; twin: number; household: number };
  readonly meanLogLikelihood: number;
}

function expect(sample: PairSample, parameters: ClassParameters, hasKin: boolean): Expected {
  const { fields, count, levels, strangerScores } = sample;
  const width = fields.length;
  const birthDate = fields.findIndex(({ name }) => name === 'birthDate');
  const [logM, logK] = [logsOf(parameters, 'match'), logsOf(parameters, 'kin')];
  const [logT, logN] = [logsOf(parameters, 'twin'), logsOf(parameters, 'namesake')];
  const countM = new Float64Array(width * levelStride);
  const countK = new Float64Array(width * levelStride);
  const countT = new Float64Array(width * levelStride);
  const countN = new Float64Array(width * levelStride);
  const sizes = new Float64Array(4);
  const dated = { namesake: 0, twin: 0, household: 0 };
  const [startM, startK] = [Math.log(parameters.match), Math.log(parameters.kin)];
  const [startT, startN] = [Math.log(parameters.twin), Math.log(parameters.namesake)];
  let logLikelihood = 0;
  for (let pair = 0; pair < count; pair++) {
    const at = pair * width;
    let m = startM;
    let k = startK;
    let t = startT;
    let n = startN;
    for (let f = 0; f < width; f++) {
      const i = f * levelStride + (levels[at + f] as number);
      m += logM[i] as number;
      k += logK[i] as number;
      t += logT[i] as number;
      n += logN[i] as number;
    }
    const s = strangerScores[pair] as number;
    const top = Math.max(m, s, hasKin ? Math.max(k, t, n) : m);
    const em = Math.exp(m - top);
    const ek = hasKin ? Math.exp(k - top) : 0;
    const et = hasKin ? Math.exp(t - top) : 0;
    const en = hasKin ? Math.exp(n - top) : 0;
    const sum = em + ek + et + en + Math.exp(s - top);
    logLikelihood += top + Math.log(sum);
    if (em + ek + et + en < 1e-6 * sum) continue;
    const pm = em / sum;
    const pk = ek / sum;
    const pt = et / sum;
    const pn = en / sum;
    sizes[0] = (sizes[0] as number) + pm;
    sizes[1] = (sizes[1] as number) + pk;
    sizes[2] = (sizes[2] as number) + pt;
    sizes[3] = (sizes[3] as number) + pn;
    if (levels[at + birthDate] !== 0) {
      dated.namesake += pn;
      dated.twin += pt;
      dated.household += pn + pk + pt;
    }
    for (let f = 0; f < width; f++) {
      const i = f * levelStride + (levels[at + f] as number);
      countM[i] = (countM[i] as number) + pm;
      countK[i] = (countK[i] as number) + pk;
      countT[i] = (countT[i] as number) + pt;
      countN[i] = (countN[i] as number) + pn;
    }
  }
  return {
    sizes,
    counts: [countM, countK, countT, countN],
    dated,
    meanLogLikelihood: logLikelihood / Math.max(1, count),
  };
}

function maximise(
  sample: PairSample,
  prior: readonly LevelTable[],
  previous: ClassParameters,
  expected: Expected,
  hasKin: boolean,
): ClassParameters {
  const [countM, countK, countT, countN] = expected.counts;
  const tables = sample.fields.map((field, f) => {
    const before = prior[f] as LevelTable;
    const learn = (counts: Float64Array, start: readonly number[]): number[] => mixed(counts, f, field, start);
    const pooled = new Float64Array(countK.length);
    for (let i = f * levelStride; i < (f + 1) * levelStride; i++)
      pooled[i] = (countK[i] as number) + (countT[i] as number) + (countN[i] as number);
    const hasOwn = namesakeFields.has(field.name);
    const learnt: LevelTable = {
      match: learn(countM, before.match),
      kin: learn(hasOwn ? countK : pooled, before.kin),
      twin: twinFields.has(field.name) ? learn(countT, before.twin) : before.kin,
      namesake: hasOwn ? learn(countN, before.namesake) : before.kin,
      stranger: (previous.tables[f] as LevelTable).stranger,
    };
    return applyGuards(field, learnt, hasKin);
  });
  const { dated, sizes } = expected;
  const rho = (dated.namesake + namesakePrior.share * namesakePrior.weight) / (dated.household + namesakePrior.weight);
  const tau = (dated.twin + twinPrior.share * twinPrior.weight) / (dated.household + twinPrior.weight);
  const household = (sizes[1] as number) + (sizes[2] as number) + (sizes[3] as number);
  return {
    match: Math.max(sizes[0] as number, 1e-3),
    kin: Math.max(household * (1 - rho - tau), 1e-6),
    twin: Math.max(household * tau, 1e-6),
    namesake: Math.max(household * rho, 1e-6),
    tables,
  };
}

function mixed(counts: Float64Array, f: number, field: FieldDefinition, start: readonly number[]): number[] {
  const learnt = start.map((p, i) => (counts[f * levelStride + i + 1] as number) + smoothing * p);
  return normaliseGroups(field, learnt);
}

function logsOf({ tables }: ClassParameters, name: 'match' | 'kin' | 'twin' | 'namesake'): Float64Array {
  const logs = new Float64Array(tables.length * levelStride);
  tables.forEach((table, f) => {
    table[name].forEach((p, level) => (logs[f * levelStride + level + 1] = Math.log(Math.max(p, probabilityFloor))));
  });
  return logs;
}
