import { parseArgs } from 'node:util';

import { TokenRefused } from '@hie/exchange-client';

import { CliError } from './cli-error.js';
import { connect, exchangeFile } from './connection.js';
import { DEAD_LETTERS_USAGE, deadLetters } from './dead-letters.js';
import { FORGET_USAGE, forgetMember } from './forget-member.js';
import { IDENTITY_USAGE, identity } from './identity.js';
import { KEYS_USAGE, keys } from './keys.js';
import { LEDGER_USAGE, ledger } from './ledger.js';
import { PARTICIPANTS_USAGE, participants } from './participants.js';
import { PEOPLE_USAGE, people } from './people.js';
import { SIGN_IN_USAGE, session, sessionVerbs } from './sign-in.js';

const USAGE = `${SIGN_IN_USAGE}

${PARTICIPANTS_USAGE}
${PEOPLE_USAGE}

${IDENTITY_USAGE}

${LEDGER_USAGE}

${DEAD_LETTERS_USAGE}

${KEYS_USAGE}
${FORGET_USAGE}

--exchange FILE   which exchange; .run/exchange.json when not given`;

const commands = new Map([
  ['participants', participants],
  ['people', people],
  ['identity', identity],
  ['ledger', ledger],
  ['dead-letters', deadLetters],
]);

/** Runs one command. @returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    console.log(await run(argv));
    return 0;
  } catch (error) {
    const { said, exitCode } = asCliError(error);
    console.error(said);
    return exitCode;
  }
}

async function run(argv: readonly string[]): Promise<string> {
  const { values, positionals } = parsed(argv);
  const [noun, ...rest] = positionals;
  // These work on key files, and need no exchange.
  if (noun === 'keys' && rest[0] === 'forget') return forgetMember(rest[1], values, process.env);
  if (noun === 'keys') return keys(rest, values, process.env);
  if (noun !== undefined && rest.length === 0 && sessionVerbs.includes(noun))
    return session(exchangeFile(values.exchange), noun, console.error);
  const command = noun === undefined ? undefined : commands.get(noun);
  if (command === undefined) throw new CliError('usage', USAGE);
  const connection = connect(exchangeFile(values.exchange));
  try {
    return await command(connection, rest, values);
  } finally {
    await connection.caller?.client.close();
  }
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        exchange: { type: 'string', default: '.run/exchange.json' },
        reason: { type: 'string' },
        name: { type: 'string' },
        email: { type: 'string' },
        role: { type: 'string', multiple: true },
        patient: { type: 'string' },
        until: { type: 'string' },
        'app-lost': { type: 'boolean' },
        json: { type: 'boolean' },
        person: { type: 'string' },
        into: { type: 'string' },
        status: { type: 'string' },
        log: { type: 'string' },
        confirm: { type: 'string' },
        also: { type: 'string', multiple: true },
        matter: { type: 'string' },
        'dry-run': { type: 'boolean' },
        next: { type: 'string' },
        'confirm-implausible': { type: 'boolean' },
      },
    });
  } catch {
    throw new CliError('usage', USAGE);
  }
}

function asCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof TokenRefused && error.code === 'invalid_grant')
    return new CliError('refused', 'The session has ended; sign in again: npx hie sign-in');
  if (error instanceof TokenRefused) {
    const { code, description } = error;
    const said = ['The identity provider gave no token:', code, ...(description === undefined ? [] : [description])];
    return new CliError('refused', said.join(' '));
  }
  return new CliError('unreachable', 'The exchange can not be reached; is it up?');
}
