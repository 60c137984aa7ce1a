import { type FieldDefinition } from '../compare/fields.js';
import { levelStride, type LevelTable, probabilityFloor } from '../model/match-model.js';
import { isError, noiseFactor, noisyRow } from '../model/noisy-match.js';
import { normaliseGroups } from '../model/starting-tables.js';
import { applyGuards, letteredOnOneSide, namesakeFields, twinFields } from './guards.js';

/** Level vectors of candidate pairs, `fields` bytes a pair, with what each scores as strangers (natural log, fixed during EM). */
export interface PairSample {
  readonly fields: readonly FieldDefinition[];
  readonly count: number;
  readonly levels: Uint8Array;
  readonly strangerScores: Float64Array;
}

/** The classes that are learnt, in their order in `ClassParameters.sizes`; `noisy` are badly recorded matches. */
export const learntClasses = ['match', 'noisy', 'kin', 'twin', 'namesake'] as const;
const [match, noisy, kin, twin, namesake] = [0, 1, 2, 3, 4] as const;
const classes = learntClasses.length;

/** Expected numbers of pairs of each learnt class in the sample, and the tables. */
export interface ClassParameters {
  readonly sizes: readonly number[];
  readonly tables: readonly LevelTable[];
}

export interface EmOptions {
  readonly start: ClassParameters;
  readonly hasKin: boolean;
  /** Where the steps begin, when not at `start`, whose tables every learnt row is mixed with: what an earlier EM learnt of the same pairs. */
  readonly from?: ClassParameters;
  /** Stop when the mean log-likelihood moves less than this. */
  readonly tolerance?: number;
  readonly maxIterations?: number;
}

export interface EmResult {
  readonly parameters: ClassParameters;
  readonly iterations: number;
}

/** Pseudo-counts of the starting table that every learnt row is mixed with. */
const smoothing = 20;
/** Priors of a class's share among the pairs of a household (or, for noisy, among matches), with their weights in pairs. */
const priors = {
  namesake: { share: 0.03, weight: 200 },
  twin: { share: 0.005, weight: 200 },
  noisy: { share: 0.1, weight: 50 },
};
/** Twins and namesakes are a fact of life: a file that shows none, because it is small, must not teach that there are none. */
const leastShare = 0.005;
/**
 * After this many steps from the starting tables a pair that is a stranger beyond doubt is left out: most candidates are, and none of them
 * teaches anything. From what an earlier EM learnt, one step is enough.
 */
const settledAfter = 3;
const beyondDoubt = 1e-5;

/**
 * Learns m and class sizes from candidate pairs without labels, by expectation–maximisation (Dempster, Laird & Rubin 1977; for
 * linkage Winkler 1988) over classes of independent fields. The stranger class is not learnt: its tables come from random pairs
 * and its size is the number of all pairs, which anchors the other classes in absolute terms and with them the calibration.
 */
export function expectationMaximisation(sample: PairSample, options: EmOptions): EmResult {
  let parameters = options.from ?? options.start;
  const settled = options.from === undefined ? settledAfter : 1;
  let last = -Infinity;
  let active = Uint32Array.from({ length: sample.count }, (_, i) => i);
  const maxIterations = options.maxIterations ?? 25;
  for (let iteration = 1; ; iteration++) {
    const expected = expect(sample, parameters, options.hasKin, active);
    if (options.hasKin) shareTwinLetters(sample.fields, expected);
    parameters = maximise(sample, options.start.tables, parameters, expected);
    const moved = (expected.logLikelihood - last) / Math.max(1, sample.count);
    last = expected.logLikelihood;
    if (iteration === settled) {
      active = active.filter((_, i) => (expected.doubt[i] as number) > beyondDoubt);
      last = -Infinity;
    } else if (Math.abs(moved) < (options.tolerance ?? 2e-5) || iteration === maxIterations) {
      return { parameters, iterations: iteration };
    }
  }
}

/** Logarithms of the learnt classes' tables, `[(field * 32 + level) * classes + class]`: the classes of a level lie side by side. */
export function logsByLevel(fields: readonly FieldDefinition[], tables: readonly LevelTable[]): Float64Array {
  const logs = new Float64Array(fields.length * levelStride * classes);
  tables.forEach((table, f) => {
    const rows = [
      table.match,
      noisyRow(fields[f] as FieldDefinition, table.match),
      table.kin,
      table.twin,
      table.namesake,
    ];
    rows.forEach((row, c) => {
      row.forEach((p, i) => (logs[(f * levelStride + i + 1) * classes + c] = Math.log(Math.max(p, probabilityFloor))));
    });
  });
  return logs;
}

/**
 * Posteriors of the learnt classes for one pair, written to `out`; the rest to 1 is the stranger's.
 *
 * @returns the log-likelihood of the pair.
 */
export function pairPosteriors(
  sample: PairSample,
  pair: number,
  logs: Float64Array,
  logSizes: Float64Array,
  out: Float64Array,
): number {
  const { levels } = sample;
  const width = sample.fields.length;
  const at = pair * width;
  let m = logSizes[match] as number;
  let w = logSizes[noisy] as number;
  let k = logSizes[kin] as number;
  let t = logSizes[twin] as number;
  let n = logSizes[namesake] as number;
  for (let f = 0; f < width; f++) {
    const level = levels[at + f] as number;
    if (level === 0) continue;
    const i = (f * levelStride + level) * classes;
    m += logs[i] as number;
    w += logs[i + noisy] as number;
    k += logs[i + kin] as number;
    t += logs[i + twin] as number;
    n += logs[i + namesake] as number;
  }
  const stranger = sample.strangerScores[pair] as number;
  const top = Math.max(stranger, m, w, k, t, n);
  m = Math.exp(m - top);
  w = Math.exp(w - top);
  k = Math.exp(k - top);
  t = Math.exp(t - top);
  n = Math.exp(n - top);
  const sum = Math.exp(stranger - top) + m + w + k + t + n;
  out[match] = m / sum;
  out[noisy] = w / sum;
  out[kin] = k / sum;
  out[twin] = t / sum;
  out[namesake] = n / sum;
  return top + Math.log(sum);
}

export function logSizesOf({ sizes }: ClassParameters, hasKin: boolean): Float64Array {
  return Float64Array.from(sizes, (size, c) => (c >= kin && !hasKin ? -Infinity : Math.log(size)));
}

interface Expected {
  readonly sizes: Float64Array;
  /** Posterior-weighted level counts, laid out as the logs. */
  readonly counts: Float64Array;
  /** Namesakes, twins and all household pairs among pairs with both dates of birth. */
  readonly dated: { namesake: number; twin: number; household: number };
  /** P(not strangers) of each active pair. */
  readonly doubt: Float32Array;
  readonly logLikelihood: number;
}

function expect(sample: PairSample, parameters: ClassParameters, hasKin: boolean, active: Uint32Array): Expected {
  const { fields, levels } = sample;
  const width = fields.length;
  const birthDate = fields.findIndex(({ name }) => name === 'birthDate');
  const logs = logsByLevel(fields, parameters.tables);
  const logSizes = logSizesOf(parameters, hasKin);
  const counts = new Float64Array(logs.length);
  const sizes = new Float64Array(classes);
  const posterior = new Float64Array(classes);
  const doubt = new Float32Array(active.length);
  const dated = { namesake: 0, twin: 0, household: 0 };
  let logLikelihood = 0;
  for (let k = 0; k < active.length; k++) {
    const pair = active[k] as number;
    logLikelihood += pairPosteriors(sample, pair, logs, logSizes, posterior);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += posterior[c] as number;
    doubt[k] = sum;
    if (sum < 1e-6) continue;
    const at = pair * width;
    for (let c = 0; c < classes; c++) sizes[c] = (sizes[c] as number) + (posterior[c] as number);
    if (levels[at + birthDate] !== 0) {
      dated.namesake += posterior[namesake] as number;
      dated.twin += posterior[twin] as number;
      dated.household += (posterior[kin] as number) + (posterior[twin] as number) + (posterior[namesake] as number);
    }
    for (let f = 0; f < width; f++) {
      const i = (f * levelStride + (levels[at + f] as number)) * classes;
      for (let c = 0; c < classes; c++) counts[i + c] = (counts[i + c] as number) + (posterior[c] as number);
    }
  }
  return { sizes, counts, dated, doubt, logLikelihood };
}

/**
 * A newborn with a twin letter has a sibling with as many records as he has himself. So of the pairs of a lettered newborn and a name of
 * his house and day (and of two newborns of whom one has a letter), one half is himself and the other half his sibling, whatever EM
 * makes of it: the two classes show the same values, and left alone EM gives them all to the larger class.
 */
function shareTwinLetters(fields: readonly FieldDefinition[], { counts, sizes, dated }: Expected): void {
  const given = fields.findIndex(({ name }) => name === 'given');
  for (const level of letteredOnOneSide) {
    const at = (given * levelStride + level) * classes;
    const [own, ownNoisy, siblings] = [match, noisy, twin].map((c) => counts[at + c] as number) as [
      number,
      number,
      number,
    ];
    const toTwin = (own + ownNoisy - siblings) / 2;
    if (toTwin <= 0) continue;
    for (const [c, moved] of [
      [match, -(toTwin * own) / (own + ownNoisy)],
      [noisy, -(toTwin * ownNoisy) / (own + ownNoisy)],
      [twin, toTwin],
    ] as const) {
      counts[at + c] = (counts[at + c] as number) + moved;
      sizes[c] = (sizes[c] as number) + moved;
    }
    dated.twin += toTwin;
    dated.household += toTwin;
  }
}

function maximise(
  sample: PairSample,
  prior: readonly LevelTable[],
  previous: ClassParameters,
  { counts, dated, sizes }: Expected,
): ClassParameters {
  const tables = sample.fields.map((field, f) => {
    const before = prior[f] as LevelTable;
    const count = (c: number, i: number): number => counts[(f * levelStride + i + 1) * classes + c] as number;
    const learn = (start: readonly number[], of: (i: number) => number): number[] =>
      normaliseGroups(
        field,
        start.map((p, i) => of(i) + smoothing * p),
      );
    const hasNamesake = namesakeFields.has(field.name);
    const learnt: LevelTable = {
      // A noisy match shows an error `noiseFactor` times as often as the base table that it shares says.
      match: learn(before.match, (i) => count(match, i) + count(noisy, i) / (isError(field, i + 1) ? noiseFactor : 1)),
      kin: learn(before.kin, (i) => count(kin, i) + (hasNamesake ? 0 : count(twin, i) + count(namesake, i))),
      twin: twinFields.has(field.name) ? learn(before.twin, (i) => count(twin, i)) : before.kin,
      namesake: hasNamesake ? learn(before.namesake, (i) => count(namesake, i)) : before.kin,
      stranger: (previous.tables[f] as LevelTable).stranger,
    };
    return applyGuards(field, learnt);
  });
  const household = (sizes[kin] as number) + (sizes[twin] as number) + (sizes[namesake] as number);
  const matches = (sizes[match] as number) + (sizes[noisy] as number);
  const rho = Math.max(leastShare, withPrior(dated.namesake, dated.household, priors.namesake));
  const tau = Math.max(leastShare, withPrior(dated.twin, dated.household, priors.twin));
  const noise = withPrior(sizes[noisy] as number, matches, priors.noisy);
  return {
    sizes: [matches * (1 - noise), matches * noise, household * (1 - rho - tau), household * tau, household * rho].map(
      (size) => Math.max(size, 1e-6),
    ),
    tables,
  };
}

function withPrior(part: number, whole: number, prior: { readonly share: number; readonly weight: number }): number {
  return (part + prior.share * prior.weight) / (whole + prior.weight);
}
