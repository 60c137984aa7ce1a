import { explainPair, type PairExplanation } from '@hie/matching-engine';

import { Complaint } from '../complaint.js';
import { loadRecords } from '../linkage/load-records.js';
import { readModel } from '../model-file.js';
import { readOptions } from '../options.js';

/** `explain`: says in bits why a model holds two records for one person, or not. */
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
  const explained = explainPair(
    records.file,
    model,
    find(options['left-id'] ?? '', 0),
    find(options['right-id'] ?? '', 1),
  );
  process.stdout.write(describe(explained));
}

export function describe({ probability, posterior, explanation }: PairExplanation): string {
  const line = (name: string, level: string, bits: number): string =>
    `${name.padEnd(14)}${level.padEnd(34)}${bits >= 0 ? '+' : ''}${bits.toFixed(2)} bits`;
  return [
    `probability ${probability.toFixed(6)} that they are one person`,
    `otherwise: ${(['kin', 'twin', 'namesake', 'stranger'] as const).map((name) => `${name} ${posterior[name].toFixed(6)}`).join(', ')}`,
    '',
    `one person against ${explanation.rival}:`,
    line('prior', '', explanation.priorBits),
    ...explanation.fields.map(({ field, level, bits }) => line(field, level, bits)),
    line('sum', '', explanation.totalBits),
    '',
  ].join('\n');
}
