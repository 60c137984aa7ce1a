import { readFileSync } from 'node:fs';

import { CliError } from './cli-error.js';

/** What a file says that somebody named on the command line. @throws CliError `unreadable` */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new CliError('unreadable', `${path} is not a JSON file that can be read.`);
  }
}
