import { CliError } from './cli-error.js';
import type { ExchangeConnection } from './connection.js';

/** On whose authority a command goes in. */
export interface Authority {
  readonly purpose: string;
  readonly scope: string;
  /** The acting person, where the exchange wants to know one. */
  readonly userId?: string;
}

/** One call through the exchange's own door. @throws CliError `refused` with the exchange's words */
export async function send<T>(
  { gatewayUrl, client }: ExchangeConnection,
  authority: Authority,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<T> {
  const answer = await client.call(method, `${gatewayUrl}${path}`, {
    ...authority,
    ...(body === undefined ? {} : { body }),
  });
  if (answer.status >= 400) throw new CliError('refused', answer.text);
  return answer.json<T>();
}
