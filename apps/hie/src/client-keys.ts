import { CliError } from './cli-error.js';
import type { ExchangeConnection } from './connection.js';
import { readJson } from './read-json.js';
import { type Authority, send } from './send.js';

interface KeyView {
  readonly thumbprint?: string;
  readonly kid?: string;
}

interface MemberKeys {
  readonly memberId: string;
  readonly clients: readonly { readonly clientId: string; readonly keys: readonly KeyView[] }[];
}

export const CLIENT_KEYS_USAGE = `hie participants keys MEMBER
hie participants add-key MEMBER CLIENT FILE.json     a public key (JWK)
hie participants withdraw-key MEMBER CLIENT THUMBPRINT`;

export const keyVerbs: readonly string[] = ['keys', 'add-key', 'withdraw-key'];

/** `hie participants … key`: which keys a member's clients have; one more; one fewer. */
export async function clientKeys(
  connection: ExchangeConnection,
  authority: Authority,
  [verb, memberId, clientId, what]: readonly string[],
): Promise<string> {
  if (memberId === undefined) throw new CliError('usage', CLIENT_KEYS_USAGE);
  if (verb === 'keys') return list(connection, authority, memberId);
  if (clientId === undefined || what === undefined) throw new CliError('usage', CLIENT_KEYS_USAGE);
  const path = `/members/${encodeURIComponent(memberId)}/clients/${encodeURIComponent(clientId)}/keys`;
  const member =
    verb === 'add-key'
      ? await send<MemberKeys>(connection, authority, 'POST', path, readJson(what))
      : await send<MemberKeys>(connection, authority, 'DELETE', `${path}/${encodeURIComponent(what)}`);
  return lines(member);
}

async function list(connection: ExchangeConnection, authority: Authority, memberId: string): Promise<string> {
  const { members } = await send<{ members: MemberKeys[] }>(connection, authority, 'GET', '/members');
  const member = members.find((each) => each.memberId === memberId);
  if (member === undefined) throw new CliError('refused', 'member-unknown');
  return lines(member);
}

const lines = ({ clients }: MemberKeys): string =>
  clients
    .flatMap(({ clientId, keys }) =>
      keys.map(({ thumbprint = '-', kid = '' }) => [clientId.padEnd(32), thumbprint, kid].join(' ').trimEnd()),
    )
    .join('\n');
