import { dropCrowdedContacts } from '@hie/matching-engine';

import { train as trainOn } from '../linkage/link-records.js';
import { loadRecords } from '../linkage/load-records.js';
import { writeModel } from '../model-file.js';
import { readOptions } from '../options.js';

/** `train`: learns a model from a file without labels, or from two that are linked. */
export async function train(args: readonly string[]): Promise<void> {
  const isLink = args.includes('--left');
  const options = readOptions(args, isLink ? ['left', 'right', 'model'] : ['in', 'model'], ['map']);
  const paths = isLink ? [options['left'] ?? '', options['right'] ?? ''] : [options['in'] ?? ''];
  const records = await loadRecords({ paths, map: options['map'] });
  dropCrowdedContacts(records.file.comparer.store);
  const { model } = trainOn(records);
  await writeModel(options['model'] ?? '', model);
  const { match, kin, twin, namesake } = model.pairsPerRecord;
  process.stdout.write(
    `for each record: ${match.toFixed(3)} others of the same person, ${kin.toFixed(3)} of kin, ${twin.toFixed(3)} of a twin, ${namesake.toFixed(3)} of a namesake\n`,
  );
}
