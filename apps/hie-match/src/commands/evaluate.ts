import { Complaint } from '../complaint.js';
import { openCsv, readFileRows } from '../csv/read-csv.js';
import { probabilityOption, readOptions } from '../options.js';
import { calibrationTable, clusterQuality, pairQuality, type Quality, type TruthTable } from '../evaluation.js';

/**
 * `evaluate`: compares pairs and clusters with the truth.
 *
 * The truth is a column of `--in` (or of `--left` and `--right`) that holds the same value for records of the same person.
 */
export async function evaluate(args: readonly string[]): Promise<void> {
  const isLink = args.includes('--left');
  const options = readOptions(
    args,
    [...(isLink ? ['left', 'right'] : ['in']), 'truth'],
    ['id', 'pairs', 'clusters', 'threshold'],
  );
  if (options['pairs'] === undefined && options['clusters'] === undefined)
    throw new Complaint('usage', 'Nothing to evaluate: give --pairs, --clusters or both.');
  const threshold = probabilityOption(options['threshold'], 0.95);
  const paths = isLink ? [options['left'] ?? '', options['right'] ?? ''] : [options['in'] ?? ''];
  const truth = await readTruth(paths, options['truth'] ?? '', options['id']);
  const print = (text: string): boolean => process.stdout.write(`${text}\n`);
  if (options['pairs'] !== undefined) {
    const pairs = await readPairs(options['pairs'], truth);
    const quality = pairQuality(truth, pairs, threshold);
    print(`pairs at ${threshold}: ${describe(quality.atThreshold)}`);
    print(`pairs at their best threshold, ${quality.bestThreshold.toFixed(3)}: ${describe(quality.best)}`);
    print('calibration, by probability given: pairs, mean probability, share that are right');
    for (const { from, to, pairs: count, mean, right } of calibrationTable(truth, pairs))
      print(
        `  ${from.toFixed(2)}–${to.toFixed(2)}  ${String(count).padStart(9)}  ${mean.toFixed(4)}  ${right.toFixed(4)}`,
      );
  }
  if (options['clusters'] !== undefined)
    print(`clusters, pairwise: ${describe(clusterQuality(truth, await readClusters(options['clusters'], truth)))}`);
}

const describe = ({ precision, recall, f1 }: Quality): string =>
  `precision ${precision.toFixed(5)}  recall ${recall.toFixed(5)}  F1 ${f1.toFixed(5)}`;

async function readTruth(paths: readonly string[], column: string, idColumn: string | undefined): Promise<TruthTable> {
  const numbers: Map<string, number>[] = [];
  const people: string[] = [];
  const sides: number[] = [];
  for (const [side, path] of paths.entries()) {
    const csv = await openCsv(path);
    const at = csv.header.indexOf(column);
    if (at < 0) throw new Complaint('column', `${path} has no column "${column}". It has: ${csv.header.join(', ')}.`);
    const idAt =
      idColumn === undefined
        ? Math.max(
            0,
            csv.header.findIndex((name) => /^(?:rec_?|record_?|unique_?)?id$/i.test(name)),
          )
        : csv.header.indexOf(idColumn);
    if (idAt < 0)
      throw new Complaint('column', `${path} has no column "${idColumn}". It has: ${csv.header.join(', ')}.`);
    const ids = new Map<string, number>();
    for await (const batch of readFileRows(csv)) {
      for (const values of batch.rows) {
        ids.set(values[idAt] ?? '', people.length);
        people.push(values[at] ?? '');
        sides.push(side);
      }
    }
    numbers.push(ids);
  }
  return { numbers, people, sides };
}

async function readPairs(path: string, truth: TruthTable): Promise<{ a: number; b: number; probability: number }[]> {
  const csv = await openCsv(path);
  const [l, r, p] = ['id_l', 'id_r', 'probability'].map((name) => {
    const at = csv.header.indexOf(name);
    if (at < 0) throw new Complaint('column', `${path} has no column "${name}". Is it the --out of dedupe or link?`);
    return at;
  }) as [number, number, number];
  const pairs: { a: number; b: number; probability: number }[] = [];
  for await (const batch of readFileRows(csv)) {
    for (const [i, values] of batch.rows.entries()) {
      const a = truth.numbers[0]?.get(values[l] ?? '');
      const b = truth.numbers.at(-1)?.get(values[r] ?? '');
      if (a === undefined || b === undefined)
        throw new Complaint(
          'identifier',
          `${path}, line ${batch.lines[i]}: a pair of records that the truth does not know.`,
        );
      pairs.push({ a, b, probability: Number(values[p]) });
    }
  }
  return pairs;
}

async function readClusters(path: string, truth: TruthTable): Promise<string[]> {
  const csv = await openCsv(path);
  const id = csv.header.indexOf('id');
  const cluster = csv.header.indexOf('cluster_id');
  const side = csv.header.indexOf('side');
  if (id < 0 || cluster < 0)
    throw new Complaint(
      'column',
      `${path} has no columns "id" and "cluster_id". Is it the --clusters of dedupe or link?`,
    );
  const clusterOf = truth.people.map((_, number) => `alone ${number}`);
  for await (const batch of readFileRows(csv)) {
    for (const values of batch.rows) {
      const number = truth.numbers[side >= 0 && values[side] === 'right' ? 1 : 0]?.get(values[id] ?? '');
      if (number !== undefined) clusterOf[number] = values[cluster] ?? '';
    }
  }
  return clusterOf;
}
