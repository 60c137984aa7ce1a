import {
  createPairScorer,
  type FileBlocks,
  type MatchModel,
  type RecordFile,
  scoreCandidates,
  scoreCompared,
  type ScoredPairs,
  type Training,
} from '@hie/matching-engine';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { startProgress } from '../progress.js';

/** What a scoring thread is given; all large arrays are in shared memory. */
export interface ScoreTask {
  readonly file: RecordFile;
  readonly blocks: FileBlocks;
  readonly model: MatchModel;
  readonly shares: Training['shares'] | undefined;
  readonly rangeSize: number;
  /** First record that no thread has taken yet. */
  readonly next: Int32Array;
}

/** Files below this are scored faster by one thread than a second one starts. */
const worthAThread = 50_000;

/** Compares all candidate pairs of a file, on every core, unless training has done so already, and keeps those that are possible. */
export async function scorePairs(
  file: RecordFile,
  blocks: FileBlocks,
  model: MatchModel,
  training: Training | undefined,
): Promise<ScoredPairs & { readonly compared: number }> {
  const progress = startProgress('compare', file.size, 'records');
  if (training?.compared !== undefined) {
    const scored = scoreCompared(file, training.compared, model, training.shares);
    progress.finish(`${scored.compared.toLocaleString('en-US')} pairs, while training`);
    return scored;
  }
  const shares = training?.shares;
  const task: ScoreTask = {
    file,
    blocks,
    model,
    shares,
    rangeSize: 2048,
    next: new Int32Array(new SharedArrayBuffer(4)),
  };
  const parts: (ScoredPairs & { readonly compared: number })[] = [];
  const threads = file.size < worthAThread ? 0 : Math.max(0, Math.min(8, availableParallelism()) - 1);
  const workers = Array.from({ length: threads }, () => runWorker(task, (part) => parts.push(part)));
  const scorer = createPairScorer(file, model, shares);
  const stamps = new Uint32Array(file.comparer.store.size);
  for (;;) {
    const from = Atomics.add(task.next, 0, task.rangeSize);
    if (from >= file.size) break;
    parts.push(scoreCandidates(file, blocks, scorer, stamps, { from, to: Math.min(file.size, from + task.rangeSize) }));
    progress.update(Math.min(file.size, from));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(workers);
  const joined = join(parts);
  progress.finish(`${joined.compared.toLocaleString('en-US')} pairs`);
  return joined;
}

function runWorker(task: ScoreTask, take: (part: ScoredPairs & { compared: number }) => void): Promise<void> {
  const path = fileURLToPath(new URL('./score-worker.js', import.meta.url));
  return new Promise((resolve, reject) => {
    const worker = new Worker(path, { workerData: task });
    worker.on('message', take);
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error('a scoring thread ended early'))));
  });
}

function join(parts: (ScoredPairs & { readonly compared: number })[]): ScoredPairs & { readonly compared: number } {
  parts.sort((x, y) => (x.a[0] ?? 0) - (y.a[0] ?? 0));
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const joined = {
    count,
    a: new Uint32Array(count),
    b: new Uint32Array(count),
    logOdds: new Float32Array(count),
    compared: parts.reduce((sum, part) => sum + part.compared, 0),
  };
  let at = 0;
  for (const part of parts) {
    joined.a.set(part.a, at);
    joined.b.set(part.b, at);
    joined.logOdds.set(part.logOdds, at);
    at += part.count;
  }
  return joined;
}
