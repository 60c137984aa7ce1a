import { CLIENT_KEYS_USAGE, clientKeys, keyVerbs } from './client-keys.js';
import type { ExchangeConnection } from './connection.js';
import { CliError } from './cli-error.js';
import { readJson } from './read-json.js';
import { send } from './send.js';

interface MemberView {
  readonly memberId: string;
  readonly name: string;
  readonly status: string;
  readonly organizationId: string;
  readonly clients: readonly { readonly clientId: string; readonly purposes: readonly string[] }[];
}

const ADMINISTRATION = {
  purpose: 'HSYSADMIN',
  scope: 'exchange/participants.manage exchange/participants.read',
} as const;

export const PARTICIPANTS_USAGE = `hie participants list [--json]
hie participants add FILE.json           a registration: memberId, organizationId, name, identifierSystems,
                                         discloses, sites, endpoints, clients (public keys, scopes, purposes)
hie participants suspend MEMBER --reason TEXT
hie participants resume MEMBER
${CLIENT_KEYS_USAGE}`;

/** `hie participants …`: brings members in and puts them out, through the exchange's own door. */
export async function participants(
  connection: ExchangeConnection,
  positionals: readonly string[],
  options: { readonly json?: boolean | undefined; readonly reason?: string | undefined },
): Promise<string> {
  const [verb = '', subject] = positionals;
  if (keyVerbs.includes(verb)) return clientKeys(connection, ADMINISTRATION, positionals);
  if (verb === 'list') return list(connection, options.json === true);
  if (subject === undefined) throw new CliError('usage', PARTICIPANTS_USAGE);
  if (verb === 'add')
    return told(
      await send<MemberView>(connection, ADMINISTRATION, 'POST', '/members', readJson(subject)),
      options.json,
    );
  const path = `/members/${encodeURIComponent(subject)}/suspension`;
  if (verb === 'resume') return told(await send<MemberView>(connection, ADMINISTRATION, 'DELETE', path), options.json);
  if (verb !== 'suspend') throw new CliError('usage', PARTICIPANTS_USAGE);
  if (options.reason === undefined) throw new CliError('usage', 'A suspension needs a reason: --reason TEXT.');
  return told(
    await send<MemberView>(connection, ADMINISTRATION, 'POST', path, { reason: options.reason }),
    options.json,
  );
}

async function list(connection: ExchangeConnection, asJson: boolean): Promise<string> {
  const { members } = await send<{ members: MemberView[] }>(connection, ADMINISTRATION, 'GET', '/members');
  if (asJson) return JSON.stringify(members, undefined, 2);
  return members.map(line).join('\n');
}

const told = (member: MemberView, asJson: boolean | undefined): string =>
  asJson === true ? JSON.stringify(member, undefined, 2) : line(member);

const line = ({ memberId, status, name, organizationId, clients }: MemberView): string =>
  [
    memberId.padEnd(20),
    status.padEnd(10),
    name.padEnd(32),
    organizationId.padEnd(32),
    clients.map(({ clientId, purposes }) => `${clientId} (${purposes.join(' ')})`).join(', '),
  ].join(' ');
