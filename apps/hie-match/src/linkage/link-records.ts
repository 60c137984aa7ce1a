import {
  allPairsOf,
  blockFile,
  dropCrowdedContacts,
  type MatchModel,
  pairFilter,
  type Resolution,
  resolvePairs,
  type Training,
  trainModel,
  vetoOf,
} from '@hie/matching-engine';

import { compact, startProgress } from '../progress.js';
import { type LoadedRecords } from './load-records.js';
import { scorePairs } from './score-pairs.js';

export interface Linked extends Resolution {
  readonly model: MatchModel;
}

/** Blocks, trains (unless a model is given), compares and resolves: the whole batch, without labels. */
export async function linkRecords(records: LoadedRecords, given?: MatchModel): Promise<Linked> {
  const { file } = records;
  dropCrowdedContacts(file.comparer.store);
  const blocking = startProgress('block', file.size, 'records');
  const blocks = blockFile(file.comparer.store);
  const leftOut = blocks.report.reduce((sum, { blocksLeftOut }) => sum + blocksLeftOut, 0);
  blocking.finish(`${blocks.report.length} rules, ${compact(leftOut)} oversized blocks left to finer rules`);
  const training = given === undefined ? train(records, blocks) : undefined;
  const model = given ?? training?.model;
  if (model === undefined) throw new RangeError('no model');
  const pairs = await scorePairs(file, blocks, model, training);
  const resolving = startProgress('resolve', pairs.count, 'pairs');
  const filter = pairFilter(file);
  const isPairWanted = (a: number, b: number): boolean => filter(file.rows[a] as number, file.rows[b] as number);

  const resolution = resolvePairs(file.size, pairs, { isPairWanted, isVetoed: vetoOf(file) });
  resolving.finish(`${compact(resolution.a.length)} possible pairs, ${compact(countClusters(resolution))} people`);
  return { ...resolution, model };
}

/** A cluster is named by its first record, which stands in it under its own number. */
export const countClusters = ({ clusterOf }: Resolution): number =>
  clusterOf.reduce((count, cluster, number) => count + (cluster === number ? 1 : 0), 0);

export function train({ file }: LoadedRecords, blocks = blockFile(file.comparer.store)): Training {
  const training = startProgress('train', file.size, 'records');
  const result = trainModel(file.comparer, blocks, {
    version: `trained-on-${file.size}-records`,
    isPairWanted: pairFilter(file),
    allPairs: allPairsOf(file),
  });
  const { trainedOn } = result.model;
  training.finish(
    `${trainedOn.iterations} steps over ${compact(trainedOn.pairs)} pairs${result.hasKin ? '' : ', no households found'}`,
  );
  return result;
}
