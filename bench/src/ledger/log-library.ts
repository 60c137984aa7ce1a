import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { type Figure } from '../shared/figure.js';
import { measureAppending } from './measure-appending.js';
import { measureProving } from './measure-proving.js';
import { measureVerifying } from './measure-verifying.js';
import { measuredEntries, openMeasuredLog } from './measured-log.js';

/** How much to measure. The targets are for these numbers; a test measures less. */
export interface Extent {
  readonly appended: number;
  readonly verified: number;
  /** Where to write. On a disk: a file system in memory would sync for nothing. */
  readonly folder: string;
}

const extent: Extent = { appended: 100_000, verified: 1_000_000, folder: '.run' };

/** What `@hie/transparency-log` on `@hie/tile-storage` reaches on this machine: appending, proving, verifying. */
export async function measureLogLibrary(chosen: Partial<Extent> = {}): Promise<readonly Figure[]> {
  const { appended, verified, folder } = { ...extent, ...chosen };
  await mkdir(folder, { recursive: true });
  const root = await mkdtemp(join(folder, 'bench-ledger-'));
  try {
    const appending = await measureAppending(root, appended);
    const large = join(root, 'large');
    const head = await fill(large, verified);
    return [...appending, ...(await measureProving(large, head)), ...(await measureVerifying(large))];
  } finally {
    await rm(root, { recursive: true });
  }
}

async function fill(folder: string, entries: number) {
  const log = await openMeasuredLog(folder);
  const step = 16_384;
  for (let at = 0; at < entries; at += step) await log.append(measuredEntries(Math.min(step, entries - at), at));
  await log.close();
  return log.head;
}
