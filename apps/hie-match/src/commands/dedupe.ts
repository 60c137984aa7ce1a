import { createCsv, type CsvWriter } from '../csv/write-csv.js';
import { countClusters, defaultThreshold, type Linked, linkRecords } from '../linkage/link-records.js';
import { type LoadedRecords, loadRecords } from '../linkage/load-records.js';
import { readModel } from '../model-file.js';
import { type Options, probabilityOption, readOptions } from '../options.js';
import { compact } from '../progress.js';

const optional = ['map', 'out', 'clusters', 'threshold', 'model'];

/** `dedupe`: finds the records of one file that are one person. */
export async function dedupe(args: readonly string[]): Promise<void> {
  const options = readOptions(args, ['in'], optional);
  await run(options, [options['in'] ?? '']);
}

/** `link`: finds the records of two files that are one person, one of either file. */
export async function link(args: readonly string[]): Promise<void> {
  const options = readOptions(args, ['left', 'right'], optional);
  await run(options, [options['left'] ?? '', options['right'] ?? '']);
}

async function run(options: Options, paths: readonly string[]): Promise<void> {
  const threshold = probabilityOption(options['threshold'], defaultThreshold);
  const model = options['model'] === undefined ? undefined : await readModel(options['model']);
  const isLink = paths.length > 1;
  // Opened before the work: an hour's linkage must not end at a folder that cannot be written.
  const pairs =
    options['out'] === undefined
      ? undefined
      : await createCsv(options['out'], ['id_l', 'id_r', 'probability', 'weight_bits']);
  const clusters =
    options['clusters'] === undefined
      ? undefined
      : await createCsv(options['clusters'], isLink ? ['id', 'cluster_id', 'side'] : ['id', 'cluster_id']);
  try {
    const records = await loadRecords({ paths, map: options['map'] });
    const linked = await linkRecords(records, { model, threshold });
    if (pairs !== undefined) await writePairs(pairs, records, linked);
    if (clusters !== undefined) await writeClusters(clusters, records, linked, isLink);
    await pairs?.commit();
    await clusters?.commit();
    const links = linked.probability.reduce((count, probability) => count + (probability >= threshold ? 1 : 0), 0);
    process.stdout.write(
      `${compact(records.file.size)} records, ${compact(links)} pairs of probability ${threshold} or more, ${compact(countClusters(linked))} people\n`,
    );
  } catch (error) {
    await pairs?.discard();
    await clusters?.discard();
    throw error;
  }
}

async function writePairs(csv: CsvWriter, { ids }: LoadedRecords, { a, b, probability }: Linked): Promise<void> {
  const say = memoised(sayProbability);
  for (let i = 0; i < a.length; i++) {
    const written = csv.write([ids[a[i] ?? 0] ?? '', ids[b[i] ?? 0] ?? '', ...say(probability[i] ?? 0)]);
    if (written !== undefined) await written;
  }
}

/** A probability to seven digits, and in bits. */
function sayProbability(p: number): readonly [string, string] {
  const odds = Math.min(1 - 1e-9, p);
  return [String(Number(p.toPrecision(7))), Math.log2(odds / (1 - odds)).toFixed(3)];
}

/** Remembers what was said of a number: of a million pairs most are as sure as the weights let a pair be. */
function memoised<T>(say: (value: number) => T, most = 50_000): (value: number) => T {
  const known = new Map<number, T>();
  return (value) => {
    const found = known.get(value);
    if (found !== undefined) return found;
    if (known.size >= most) known.clear();
    const said = say(value);
    known.set(value, said);
    return said;
  };
}

/** Clusters name a record by its identifier; of two files the side stands in a column of its own. */
async function writeClusters(
  csv: CsvWriter,
  { ids, file }: LoadedRecords,
  { clusterOf }: Linked,
  isLink: boolean,
): Promise<void> {
  for (const [number, id] of ids.entries()) {
    const cluster = (clusterOf[number] ?? 0) + 1;
    const written = csv.write(isLink ? [id, cluster, file.sides[number] === 0 ? 'left' : 'right'] : [id, cluster]);
    if (written !== undefined) await written;
  }
}
