import { createPairScorer, scoreCandidates } from '@hie/matching-engine';
import { parentPort, workerData } from 'node:worker_threads';

import { type ScoreTask } from './score-pairs.js';

const { file, blocks, model, shares, rangeSize, next } = workerData as ScoreTask;
const scorer = createPairScorer(file, model, shares);
const stamps = new Uint32Array(file.comparer.store.size);
for (;;) {
  const from = Atomics.add(next, 0, rangeSize);
  if (from >= file.size) break;
  const pairs = scoreCandidates(file, blocks, scorer, stamps, { from, to: Math.min(file.size, from + rangeSize) });
  parentPort?.postMessage(pairs, [pairs.a.buffer, pairs.b.buffer, pairs.logOdds.buffer] as ArrayBuffer[]);
}
parentPort?.close();
