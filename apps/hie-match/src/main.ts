import { dedupe, link } from './commands/dedupe.js';
import { evaluate } from './commands/evaluate.js';
import { explain } from './commands/explain.js';
import { train } from './commands/train.js';
import { Complaint } from './complaint.js';

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  dedupe,
  link,
  train,
  explain,
  evaluate,
};

const usage = `hie-match finds the records that are one person, without labels and without settings.

  hie-match dedupe --in FILE.csv --out pairs.csv --clusters clusters.csv [--map …] [--threshold 0.95] [--model FILE]
  hie-match link --left A.csv --right B.csv --out pairs.csv --clusters clusters.csv [--map …] [--threshold 0.95] [--model FILE]
  hie-match train --in FILE.csv --model FILE [--map …]
  hie-match explain --in FILE.csv --model FILE --left-id ID --right-id ID [--map …]
  hie-match evaluate --in FILE.csv --truth COLUMN [--id COLUMN] [--pairs pairs.csv] [--clusters clusters.csv] [--threshold 0.95]

  --map says which column is what: id=rec_id,given=first_name,family=surname,birthDate=dob,street=number+street. Without it the names of
  the columns decide. Fields: id, source, name, given, middle, family, suffix, birthDate, sex, street, unit, city, state, postalCode,
  phone, email, ssn, ssnLast4, mrn, identifier:SYSTEM, and category:NAME or text:NAME for anything else. state is read and not compared.

  --threshold says how sure the people in clusters.csv must be. At 0.95 records are put together while their pairs are, on the mean, more
  likely one person than not; 0.99 asks for 2.4 bits more, 0.9 for 1.1 bits less. pairs.csv is the same at any threshold.
`;

/** Runs one command; returns the exit code: 0 done, 1 something to put right, 2 wrong use. */
export async function main(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args;
  const command = commands[name];
  if (command === undefined) {
    process.stderr.write(usage);
    return name === '' || name === 'help' || name === '--help' ? 0 : 2;
  }
  try {
    await command(rest);
    return 0;
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    process.stderr.write(`hie-match ${name}: ${error.message}\n`);
    return error.code === 'usage' ? 2 : 1;
  }
}
