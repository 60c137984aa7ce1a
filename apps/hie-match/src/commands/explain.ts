import { explainPair, type PairExplanation } from '@hie/matching-engine';

import { Complaint } from '../complaint.js';
import { linkRecords } from '../linkage/link-records.js';
import { loadRecords } from '../linkage/load-records.js';
import { readModel } from '../model-file.js';
import { readOptions } from '../options.js';

/** `explain`: says in bits why a model holds two records for one person, or not, and how that becomes what `dedupe` writes. */
export async function explain(args: readonly string[]): Promise<void> {
  const isLink = args.includes('--left');
  const options = readOptions(
    args,
    [...(isLink ? ['left', 'right'] : ['in']), 'model', 'left-id', 'right-id'],
    ['map'],
  );
  const model = await readModel(options['model'] ?? '');
  const paths = isLink ? [options['left'] ?? '', options['right'] ?? ''] : [options['in'] ?? ''];
  const records = await loadRecords({ paths, map: options['map'] });
  const find = (id: string, side: number): number => {
    const number = records.ids.findIndex((other, i) => other === id && (!isLink || records.file.sides[i] === side));
    if (number < 0) throw new Complaint('identifier', `No record has the identifier "${id}".`);
    return number;
  };
  const [left, right] = [find(options['left-id'] ?? '', 0), find(options['right-id'] ?? '', 1)];
  if (left === right) throw new Complaint('identifier', 'A record is not compared with itself: give two identifiers.');
  const { a, b, probability } = await linkRecords(records, { model });
  const at = a.findIndex((one, i) => Math.min(left, right) === one && Math.max(left, right) === b[i]);
  process.stdout.write(describe(explainPair(records.file, model, left, right), probability[at]));
}

const bitsOf = (probability: number): number => Math.log2(probability / (1 - Math.min(1 - 1e-9, probability)));

/**
 * Says what the pair's own fields amount to, and what the other records make of it.
 *
 * @param written the probability that `dedupe` or `link` writes with the same model; undefined for a pair that they leave out.
 */
export function describe(
  { probability, weightBits, isVetoed, posterior, explanation }: PairExplanation,
  written: number | undefined,
): string {
  const line = (name: string, level: string, bits: number): string =>
    `${name.padEnd(14)}${level.padEnd(34)}${bits >= 0 ? '+' : ''}${bits.toFixed(2)} bits`;
  const verdict = isVetoed
    ? 'never one person for the machine: their suffixes contradict each other'
    : written === undefined
      ? 'less than probability 0.01 that they are one person: not in pairs.csv'
      : `probability ${written.toFixed(6)} that they are one person: what pairs.csv says with this model`;
  return [
    verdict,
    `probability ${probability.toFixed(6)} by these two records alone; the other records of the file change it`,
    `otherwise, by these two alone: ${(['kin', 'twin', 'namesake', 'stranger'] as const).map((name) => `${name} ${posterior[name].toFixed(6)}`).join(', ')}`,
    '',
    `one person against ${explanation.rival}:`,
    line('prior', '', explanation.priorBits),
    ...explanation.fields.map(({ field, level, bits }) => line(field, level, bits)),
    line('sum', '', explanation.totalBits),
    '',
    'one person against anything else:',
    line('alone', 'these two records', weightBits),
    ...(written === undefined || isVetoed
      ? []
      : [
          line('others', 'what other records say of the two', bitsOf(written) - weightBits),
          line('weight_bits', 'as in pairs.csv', bitsOf(written)),
        ]),
    '',
    'A run that trains by itself also counts how rare a value is by person instead of by record, which this model does not hold.',
    '',
  ].join('\n');
}
