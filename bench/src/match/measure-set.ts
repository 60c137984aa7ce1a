import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { cache, type DataSet } from './data-sets.js';
import { type ChildRun, runChild } from './run-child.js';
import { transitiveClosure } from './transitive-closure.js';

/** Quality and cost of one tool on one set. */
export interface SetMeasure {
  readonly tool: string;
  readonly set: string;
  readonly pairs: Quality;
  readonly bestF1: number;
  /** Pairwise quality of the tool's own clusters, or of the transitive closure of its pairs at 0.95. */
  readonly clusters?: Quality;
  /** Expected calibration error of the pairs within 0.01 < p < 0.99, and over all pairs compared (those below 0.01 add none). */
  readonly calibration: { readonly middle: number; readonly all: number };
  readonly seconds: number;
  readonly peakBytes: number;
  readonly lookupMs?: readonly number[];
  readonly version?: string;
}

export interface Quality {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

const cli = join(import.meta.dirname, '..', '..', '..', 'apps', 'hie-match', 'bin', 'hie-match.mjs');

/** Runs `hie-match` on a set as a joining hospital would, with no labels and no settings. */
export async function measureEngine(set: DataSet): Promise<SetMeasure> {
  const out = join(cache, `${set.name}.hie-match`);
  const inputs =
    set.sides === undefined ? ['dedupe', '--in', set.path] : ['link', '--left', set.sides[0], '--right', set.sides[1]];
  const run = await runChild(process.execPath, [
    cli,
    ...inputs,
    '--out',
    `${out}.pairs.csv`,
    '--clusters',
    `${out}.clusters.csv`,
  ]);
  return judge('hie-match', set, run, `${out}.pairs.csv`, `${out}.clusters.csv`);
}

/** Runs a peer's script on the same file with the same columns. */
export async function measurePeer(
  tool: string,
  python: string,
  set: DataSet,
  flags: readonly string[],
): Promise<SetMeasure> {
  const out = join(cache, `${set.name}.${tool}.pairs.csv`);
  const script = join(import.meta.dirname, '..', '..', 'src', 'match', 'peers', `${tool}_peer.py`);
  const run = await runChild(python, [script, set.path, out, ...flags]);
  const { lookupMs, version } = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '{}') as {
    lookupMs?: number[];
    version?: string;
  };
  // Look-ups come after the batch, in the same process.
  const lookupSeconds = (lookupMs ?? []).reduce((sum, ms) => sum + ms, 0) / 1_000;
  const clusters = join(cache, `${set.name}.${tool}.clusters.csv`);
  await writeClosure(out, clusters);
  const measured = await judge(tool, set, { ...run, seconds: run.seconds - lookupSeconds }, out, clusters);
  return {
    ...measured,
    ...(lookupMs === undefined ? {} : { lookupMs }),
    ...(version === undefined ? {} : { version }),
  };
}

/**
 * Writes the clusters that a peer leaves to its user: everything of probability 0.95 or more linked transitively. Records in no pair are
 * left out, and stand alone in the evaluation.
 */
async function writeClosure(pairsPath: string, clustersPath: string): Promise<void> {
  const [header = '', ...lines] = (await readFile(pairsPath, 'utf8')).trim().split('\n');
  const [left, right, at] = ['id_l', 'id_r', 'probability'].map((name) => header.trim().split(',').indexOf(name));
  const clusterOf = transitiveClosure(
    lines
      .map((line) => line.trim().split(','))
      .filter((values) => Number(values[at ?? -1]) >= 0.95)
      .map((values) => [values[left ?? -1] ?? '', values[right ?? -1] ?? '']),
  );
  await writeFile(clustersPath, ['id,cluster_id', ...[...clusterOf].map((entry) => entry.join(','))].join('\n') + '\n');
}

async function judge(tool: string, set: DataSet, run: ChildRun, pairs: string, clusters?: string): Promise<SetMeasure> {
  const isLink = set.sides !== undefined && tool === 'hie-match';
  const inputs = isLink ? ['--left', set.sides[0], '--right', set.sides[1]] : ['--in', set.path];
  const { stdout } = await runChild(process.execPath, [
    cli,
    'evaluate',
    ...inputs,
    '--truth',
    'person_id',
    '--pairs',
    pairs,
    ...(clusters === undefined ? [] : ['--clusters', clusters]),
  ]);
  const qualityAfter = (label: string): Quality | undefined => {
    const found = new RegExp(`^${label}.*precision ([\\d.]+) +recall ([\\d.]+) +F1 ([\\d.]+)`, 'm').exec(stdout);
    return found === null ? undefined : { precision: Number(found[1]), recall: Number(found[2]), f1: Number(found[3]) };
  };
  const atThreshold = qualityAfter('pairs at 0\\.95');
  if (atThreshold === undefined) throw new RangeError('the evaluation printed no quality of pairs');
  const clustered = qualityAfter('clusters');
  return {
    tool,
    set: set.name,
    pairs: atThreshold,
    bestF1: qualityAfter('pairs at their best')?.f1 ?? atThreshold.f1,
    ...(clustered === undefined ? {} : { clusters: clustered }),
    calibration: readCalibration(
      stdout,
      Number(/compare: ([\d,]+) pairs/.exec(run.stderr)?.[1]?.replaceAll(',', '') ?? 0),
    ),
    seconds: run.seconds,
    peakBytes: run.peakBytes,
  };
}

/** Mean |probability − share right| over bins, weighed by pairs; `compared` is how many pairs the tool looked at. */
function readCalibration(printed: string, compared: number): { middle: number; all: number } {
  const bins = [...printed.matchAll(/^ +([\d.]+)–([\d.]+) +(\d+) +([\d.]+) +([\d.]+)$/gm)].map(
    (bin) => bin.slice(1).map(Number) as [number, number, number, number, number],
  );
  const countOf = (chosen: typeof bins): number => chosen.reduce((sum, [, , pairs]) => sum + pairs, 0);
  const errorsOf = (chosen: typeof bins): number =>
    chosen.reduce((sum, [, , pairs, mean, right]) => sum + pairs * Math.abs(mean - right), 0);
  const middle = bins.filter(([, to]) => to <= 0.99);
  return {
    middle: errorsOf(middle) / Math.max(1, countOf(middle)),
    all: errorsOf(bins) / Math.max(1, compared, countOf(bins)),
  };
}
