import { directoryReader } from '@hie/tile-storage';
import { logProofs, type TreeHead } from '@hie/transparency-log';

import { figure, type Figure } from '../shared/figure.js';
import { quantile } from '../shared/quantile.js';

/** Inclusion proofs of entries all over the log, each read from tiles, made and checked: with nothing kept, and with a cache. */
export async function measureProving(folder: string, head: TreeHead, count = 2_000): Promise<readonly Figure[]> {
  const reader = directoryReader(folder);
  const cached = logProofs(reader);
  const cold = await prove(() => logProofs(reader), head, count);
  const warm = await prove(() => cached, head, count);
  const target = { below: 1 };
  return [
    figure({
      name: 'library: inclusion proof from tiles, nothing kept, p50',
      value: quantile(cold, 0.5),
      unit: 'ms',
      target,
    }),
    figure({ name: 'library: inclusion proof from tiles, nothing kept, p99', value: quantile(cold, 0.99), unit: 'ms' }),
    figure({
      name: 'library: inclusion proof from tiles, 512 tiles kept, p50',
      value: quantile(warm, 0.5),
      unit: 'ms',
      target,
    }),
  ];
}

async function prove(
  proofs: () => ReturnType<typeof logProofs>,
  head: TreeHead,
  count: number,
): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let at = 0; at < count; at += 1) {
    // A step that has no factor in common with any size here: it visits tiles all over the log, in the same order each run.
    const index = (at * 7_368_787) % head.size;
    const began = performance.now();
    await proofs().inclusion(index, head);
    samples.push(performance.now() - began);
  }
  return samples;
}
