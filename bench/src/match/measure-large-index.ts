import { freemem } from 'node:os';
import { fileURLToPath } from 'node:url';

import { exactFigure, type Figure } from '../shared/figure.js';
import { runChild } from './run-child.js';

const MEASURE = fileURLToPath(new URL('./large-index.process.js', import.meta.url));
/** The engine's target, and as much again for the generator, V8 and the dictionaries while they grow. */
const BYTES_OF_A_RECORD = 700;
/** What a process of Node.js takes with nothing in it, and the floor's rows. */
const BYTES_BESIDE = 1024 ** 3;

/**
 * The live index at a size that must not share a process with anything: look-ups and bytes a record, measured in a child whose memory is
 * bounded.
 *
 * @param say hears of its progress. @returns nothing where the machine has not the memory, which is said
 */
export async function measureLargeIndex(records: number, say: (line: string) => void): Promise<readonly Figure[]> {
  const label = records.toLocaleString('en-US');
  const maxResidentBytes = records * BYTES_OF_A_RECORD + BYTES_BESIDE;
  if (freemem() < maxResidentBytes) {
    say(`Skipped: the index of ${label}, because ${gibibytes(maxResidentBytes)} GiB of memory are not free.`);
    return [];
  }
  const onProgress = (text: string): void =>
    text
      .split('\n')
      .filter(Boolean)
      .forEach((line) => say(line));
  const { stdout, peakBytes } = await runChild(process.execPath, [MEASURE, String(records)], {
    maxResidentBytes,
    onProgress,
  });
  return [
    ...(JSON.parse(stdout) as Figure[]),
    exactFigure({
      name: `index of ${label}: peak memory of its process`,
      value: peakBytes / 2 ** 30,
      unit: 'GiB',
    }),
  ];
}

const gibibytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
