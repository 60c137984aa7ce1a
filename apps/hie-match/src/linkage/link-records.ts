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

export interface LinkOptions {
  /** A model trained before; without one it is trained on these records. */
  readonly model?: MatchModel | undefined;
  /** How sure the clusters must be (`joinAbove`); the pairs and their probabilities are the same at any. */
  readonly threshold?: number;
}

/** At this threshold groups of records are joined while the mean of their pairs is above even odds, which makes the best clusters. */
export const defaultThreshold = 0.95;

const logOdds = (probability: number): number => Math.log(probability / (1 - probability));

/** Mean log-odds above which groups are joined: as much above even odds as the threshold is above the default. */
export const joinAbove = (threshold: number): number => logOdds(threshold) - logOdds(defaultThreshold);

/** Blocks, trains (unless a model is given), compares and resolves: the whole batch, without labels. */
export async function linkRecords(
  records: LoadedRecords,
  { model: given, threshold = defaultThreshold }: LinkOptions = {},
): Promise<Linked> {
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

  const resolution = resolvePairs(file.size, pairs, {
    isPairWanted,
    isVetoed: vetoOf(file),
    joinAbove: joinAbove(threshold),
  });
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
