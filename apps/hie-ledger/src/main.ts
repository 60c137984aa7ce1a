import { TileStorageError } from '@hie/tile-storage';

import { type Command, type Surroundings } from './command.js';
import { account } from './commands/account.js';
import { checkCaseEvidence } from './commands/check-evidence.js';
import { checkExport } from './commands/check-export.js';
import { checkProof } from './commands/check-proof.js';
import { exportRun } from './commands/export.js';
import { prove } from './commands/prove.js';
import { verify } from './commands/verify.js';
import { Complaint } from './complaint.js';
import { Evidence } from './evidence.js';

const commands: Readonly<Record<string, Command>> = {
  verify,
  prove,
  'check-proof': checkProof,
  export: exportRun,
  'check-export': checkExport,
  'check-evidence': checkCaseEvidence,
  account,
};

const usage = `hie-ledger checks an audit ledger from its static files, without trusting who serves them.

${Object.values(commands)
  .map((command) => `  hie-ledger ${command.usage}`)
  .join('\n')}

  KEY is a verifier key, NAME+ID+KEY, or @FILE with one in it. The origin of the log is the name of its key unless --origin says
  otherwise; the quorum is every --witness unless --quorum says otherwise. Of a half-yearly log, all logs of its chain are read where
  all are meant, unless --alone; N may be SHARD/N, such as 2026h2/17. --keep DIR holds the log against every checkpoint in DIR,
  and adds the new one.

  Exit code: 0 it holds, 1 it does not, 2 that can't be said (wrong use, or something can't be read).
`;

/** Runs one command, and gives the exit code. */
export async function main(
  args: readonly string[],
  surroundings: Surroundings,
  complain: (line: string) => void,
): Promise<number> {
  const [name = '', ...rest] = args;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined || rest.includes('--help')) {
    complain(usage);
    return command !== undefined || ['', 'help', '--help'].includes(name) ? 0 : 2;
  }
  try {
    return await command.run(rest, surroundings);
  } catch (error) {
    if (error instanceof Evidence) {
      surroundings.print(error.message);
      return 1;
    }
    if (error instanceof Complaint) complain(`hie-ledger ${name}: ${error.message}`);
    else if (error instanceof TileStorageError)
      complain(`hie-ledger ${name}: ${error.code} ${error.resource ?? ''} ${causeOf(error)}`);
    else throw error;
    return 2;
  }
}

/** The innermost reason, such as ECONNREFUSED. */
function causeOf(error: Error): string {
  const { cause } = error;
  if (!(cause instanceof Error)) return '';
  return causeOf(cause) || (cause as NodeJS.ErrnoException).code || cause.message;
}
