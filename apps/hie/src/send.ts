import type { CallMethod } from '@hie/exchange-client';

import { CliError } from './cli-error.js';
import type { ExchangeConnection } from './connection.js';

/** What a command goes in for. */
export interface Authority {
  readonly purpose: string;
  readonly scope: string;
  /** Somebody decides: the operator's machine has no say in it. */
  readonly isForPeople?: true;
}

/** RFC 9470: the sign-in is good, and not fresh enough for this. */
const STEP_UP = /\binsufficient_user_authentication\b/;

/**
 * One call through the exchange's own door, as the person who has signed in, or as the operator's machine where nobody has.
 *
 * @throws CliError `refused` with the exchange's words, or because nobody has signed in, or not lately enough
 */
export async function send<T>(
  { gatewayUrl, caller }: ExchangeConnection,
  { isForPeople, purpose, scope }: Authority,
  method: CallMethod,
  path: string,
  body?: unknown,
): Promise<T> {
  if (caller === undefined || (isForPeople === true && caller.kind !== 'person')) throw new CliError('refused', NOBODY);
  const asked = { purpose, scope, ...(body === undefined ? {} : { body }) };
  const answer = await caller.client.call(method, `${gatewayUrl}${path}`, asked);
  if (answer.status === 401 && STEP_UP.test(String(answer.headers['www-authenticate'])))
    throw new CliError('refused', 'This wants a sign-in of the last five minutes: npx hie sign-in');
  if (answer.status >= 400) throw new CliError('refused', answer.text);
  return answer.json<T>();
}

const NOBODY = 'Nobody is signed in, and this is for people to do: npx hie sign-in';
