import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

import type { Figure } from './figure.js';

const results = fileURLToPath(new URL('../../results/', import.meta.url));

export interface Results {
  readonly figures: readonly Figure[];
  /** Of what was measured and used, beside Node.js. */
  readonly versions?: Readonly<Record<string, string>>;
  /** What a reader of the figures may want to look at, in a form of the benchmark's own. */
  readonly details?: object;
  /** The same as a picture, in SVG. */
  readonly plot?: string;
}

/** Writes `bench/results/<name>.json`, the form that all benchmarks share (machine, date, figures), and `<name>.svg` where there is a plot. */
export async function writeResults(name: string, { figures, versions = {}, details, plot }: Results): Promise<void> {
  const machine = {
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    versions: { node: process.version, ...versions },
  };
  const content = { machine, date: new Date().toISOString(), figures, ...(details === undefined ? {} : { details }) };
  await mkdir(results, { recursive: true });
  await writeFile(`${results}${name}.json`, `${JSON.stringify(content, null, 2)}\n`);
  if (plot !== undefined) await writeFile(`${results}${name}.svg`, plot);
}
