import { directoryReader, httpReader } from '@hie/tile-storage';
import { type LogReader, verifyLog } from '@hie/transparency-log';
import { Worker } from 'node:worker_threads';

import { figure, type Figure } from '../shared/figure.js';
import { trust } from './measured-log.js';

const TARGET_SECONDS_PER_MILLION = 20;

/** Verifies the whole log, from its folder and from a web server on the same machine that runs in a thread of its own. */
export async function measureVerifying(folder: string): Promise<readonly Figure[]> {
  const fromFolder = await verify(directoryReader(folder), 'its folder');
  const server = new Worker(new URL('serve-log.worker.js', import.meta.url), { workerData: folder });
  try {
    const url = await new Promise<string>((resolve, reject) => server.once('message', resolve).once('error', reject));
    return [fromFolder, await verify(httpReader(url), 'a web server')];
  } finally {
    await server.terminate();
  }
}

async function verify(reader: LogReader, from: string): Promise<Figure> {
  const began = performance.now();
  const verdict = await verifyLog(reader, trust);
  const seconds = (performance.now() - began) / 1000;
  if (verdict.kind !== 'verified')
    throw new Error('the log that was just written does not verify', { cause: verdict.fault });
  const { size } = verdict.checkpoint;
  return figure({
    name: `library: verify ${size.toLocaleString('en')} entries from ${from}`,
    value: seconds,
    unit: 's',
    target: { below: (TARGET_SECONDS_PER_MILLION * size) / 1_000_000 },
  });
}
