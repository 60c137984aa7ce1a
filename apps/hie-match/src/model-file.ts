import { type MatchModel } from '@hie/matching-engine';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';

import { Complaint } from './complaint.js';

/** @throws Complaint when the file is missing or holds no model. */
export async function readModel(path: string): Promise<MatchModel> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new Complaint(
      'model',
      `${path} cannot be read. Make a model with "hie-match train --in FILE --model ${path}".`,
      { cause },
    );
  }
  try {
    const model = JSON.parse(text) as MatchModel;
    if (model.format === 'hie-match-model/1' && Array.isArray(model.fields)) return model;
  } catch (cause) {
    throw new Complaint('model', `${path} is not JSON, so it is no model of this program.`, { cause });
  }
  throw new Complaint('model', `${path} is no model of this program or of another version of it. Train it again.`);
}

export async function writeModel(path: string, model: MatchModel): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await writeFile(partial, `${JSON.stringify(model, undefined, 1)}\n`);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    throw new Complaint('file', `${path} cannot be written: check the folder and that you may write there.`, { cause });
  }
}
