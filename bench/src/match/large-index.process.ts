import { measureIndex } from './measure-index.js';

// `node large-index.process.js RECORDS`: figures as JSON on standard output, progress on standard error.
const records = Number(process.argv[2]);
if (!Number.isSafeInteger(records) || records < 1) throw new RangeError('How many records are to be indexed?');
const figures = measureIndex(records, (line) => process.stderr.write(`  ${line}\n`));
process.stdout.write(JSON.stringify(figures));
