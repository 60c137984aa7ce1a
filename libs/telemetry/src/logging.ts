import type { LoggerOptions } from 'pino';

import { inSource } from './source-position.js';

/**
 * Where a patient's data or a credential could sit if somebody logged a whole object by mistake. The first defence is not to
 * log objects of others; this is the second, and a test that searches a whole run's output is the third.
 */
const redacted = [
  'authorization',
  'cookie',
  'dpop',
  'txn-token',
  'client_assertion',
  'access_token',
  'patient',
  'demographics',
  'given',
  'family',
  'birthDate',
  'identifier',
  'resource',
  'body',
  'query',
  'params',
];

/** pino's options for every process: one line of JSON an event, errors as code and stack without their data. */
export function loggerOptions(service: string, instance: string, level: string): LoggerOptions {
  return {
    level,
    base: { service, instance },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: { paths: redacted.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]), remove: true },
    serializers: { err: errorFields, error: errorFields },
  };
}

/** What of an error may be written down: its class, its code, where it was thrown, and the same of its cause. */
export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    at: framesOf(error),
    ...(error.cause === undefined ? {} : { cause: errorFields(error.cause) }),
  };
}

// The stack without its first lines, which repeat the message: PostgreSQL's and JSON.parse's messages quote their input.
const framesOf = (error: Error): string[] =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => inSource(line.trim()));
