import { createCsv } from '../csv/write-csv.js';
import { type Linked, linkRecords } from '../linkage/link-records.js';
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
  const threshold = probabilityOption(options['threshold'], 0.95);
  const model = options['model'] === undefined ? undefined : await readModel(options['model']);
  const records = await loadRecords({ paths, map: options['map'] });
  const linked = await linkRecords(records, model);
  if (options['out'] !== undefined) await writePairs(options['out'], records, linked);
  if (options['clusters'] !== undefined) await writeClusters(options['clusters'], records, linked, paths);
  const links = linked.probability.reduce((count, probability) => count + (probability >= threshold ? 1 : 0), 0);
  process.stdout.write(
    `${compact(records.file.size)} records, ${compact(links)} pairs of probability ${threshold} or more, ${compact(new Set(linked.clusterOf).size)} people\n`,
  );
}

async function writePairs(path: string, { ids }: LoadedRecords, { a, b, probability }: Linked): Promise<void> {
  const csv = await createCsv(path, ['id_l', 'id_r', 'probability', 'weight_bits']);
  try {
    for (let i = 0; i < a.length; i++) {
      const p = probability[i] ?? 0;
      const odds = Math.min(1 - 1e-9, p);
      await csv.write([
        ids[a[i] ?? 0] ?? '',
        ids[b[i] ?? 0] ?? '',
        Number(p.toPrecision(7)),
        Math.log2(odds / (1 - odds)).toFixed(3),
      ]);
    }
    await csv.commit();
  } catch (error) {
    await csv.discard();
    throw error;
  }
}

/** Clusters name a record by its identifier; of two files the side stands in a column of its own. */
async function writeClusters(
  path: string,
  { ids, file }: LoadedRecords,
  { clusterOf }: Linked,
  paths: readonly string[],
): Promise<void> {
  const isLink = paths.length > 1;
  const csv = await createCsv(path, isLink ? ['id', 'cluster_id', 'side'] : ['id', 'cluster_id']);
  try {
    for (const [number, id] of ids.entries()) {
      const cluster = (clusterOf[number] ?? 0) + 1;
      await csv.write(isLink ? [id, cluster, file.sides[number] === 0 ? 'left' : 'right'] : [id, cluster]);
    }
    await csv.commit();
  } catch (error) {
    await csv.discard();
    throw error;
  }
}
