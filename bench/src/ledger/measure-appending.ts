import { open } from 'node:fs/promises';
import { join } from 'node:path';

import { figure, type Figure } from '../shared/figure.js';
import { quantile } from '../shared/quantile.js';
import { measuredEntries, openMeasuredLog } from './measured-log.js';

const BATCH = 256;

/**
 * Appends, with everything synced, beside a bare floor in the same run: the same bytes, in the same batches, written to one
 * file and synced once a batch, without hashes, tiles, checkpoints or folders.
 */
export async function measureAppending(folder: string, entries: number): Promise<readonly Figure[]> {
  const batches = Array.from({ length: Math.ceil(entries / BATCH) }, (_, at) => measuredEntries(BATCH, at * BATCH));
  const floorBefore = await writeFloor(join(folder, 'floor-before'), batches);
  const figures: Figure[] = [];
  for (const inFlight of [1, 8, 32]) {
    const { perSecond, latenciesMs } = await append(join(folder, `log-${inFlight}`), batches, inFlight);
    const floor = (floorBefore + (await writeFloor(join(folder, `floor-${inFlight}`), batches))) / 2;
    const waiting = inFlight === 1 ? 'one at a time' : `${inFlight} in flight`;
    figures.push(
      figure({
        name: `library: append in batches of ${BATCH}, ${waiting}`,
        value: perSecond,
        unit: 'entries/s',
        target: { atLeast: 100_000 },
        comparison: { name: 'bare floor: the same bytes written and synced', value: floor, ratio: perSecond / floor },
      }),
      figure({
        name: `library: append in batches of ${BATCH}, ${waiting}, p50`,
        value: quantile(latenciesMs, 0.5),
        unit: 'ms',
      }),
      figure({
        name: `library: append in batches of ${BATCH}, ${waiting}, p99`,
        value: quantile(latenciesMs, 0.99),
        unit: 'ms',
      }),
    );
  }
  const single = measuredEntries(Math.ceil(entries / 400)).map((entry) => [entry]);
  const { latenciesMs } = await append(join(folder, 'log-single'), single, 1);
  return [
    ...figures,
    figure({ name: 'library: append one entry alone, p50', value: quantile(latenciesMs, 0.5), unit: 'ms' }),
  ];
}

async function append(folder: string, batches: readonly (readonly Uint8Array[])[], inFlight: number) {
  const log = await openMeasuredLog(folder);
  const latenciesMs: number[] = [];
  const queue = batches.values();
  const began = performance.now();
  const worker = async (): Promise<void> => {
    for (const batch of queue) {
      const asked = performance.now();
      await log.append(batch);
      latenciesMs.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const perSecond = (log.head.size * 1000) / (performance.now() - began);
  await log.close();
  return { perSecond, latenciesMs };
}

/** @returns entries a second. */
async function writeFloor(path: string, batches: readonly (readonly Uint8Array[])[]): Promise<number> {
  const file = await open(path, 'w');
  const began = performance.now();
  for (const batch of batches) {
    await file.write(Buffer.concat(batch));
    await file.sync();
  }
  const seconds = (performance.now() - began) / 1000;
  await file.close();
  return batches.reduce((sum, { length }) => sum + length, 0) / seconds;
}
