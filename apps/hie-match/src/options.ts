import { parseArgs } from 'node:util';

import { Complaint } from './complaint.js';

/** The options of a command, all as text. */
export type Options = Readonly<Record<string, string | undefined>>;

/**
 * Reads `--name value` pairs.
 *
 * @throws Complaint for an option that the command does not know, a required one that is missing, or a stray word.
 */
export function readOptions(
  args: readonly string[],
  required: readonly string[],
  optional: readonly string[],
): Options {
  const names = [...required, ...optional];
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
      strict: true,
    }));
  } catch (cause) {
    const what = cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : '';
    throw new Complaint('usage', `${what}. This command takes: ${names.map((name) => `--${name}`).join(', ')}.`, {
      cause,
    });
  }
  const missing = required.filter((name) => values[name] === undefined);
  if (missing.length > 0) throw new Complaint('usage', `Missing: ${missing.map((name) => `--${name}`).join(', ')}.`);
  return values as Options;
}

/** A probability between 0 and 1. @throws Complaint for anything else. */
export function probabilityOption(text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (!(value > 0 && value <= 1))
    throw new Complaint('usage', `--threshold must be a probability above 0 and at most 1.`);
  return value;
}
