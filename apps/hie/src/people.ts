import type { ExchangeConnection } from './connection.js';
import { CliError } from './cli-error.js';
import { type Authority, send } from './send.js';

interface PersonView {
  readonly personId: string;
  readonly memberId: string;
  readonly name: string;
  readonly status: string;
  readonly roles: readonly string[];
  readonly authenticators: number;
  readonly lastActiveAt: string;
}

interface IssuedInvitation {
  readonly personId: string;
  readonly code: string;
  readonly expiresAt: string;
}

export interface PeopleOptions {
  readonly json?: boolean | undefined;
  readonly reason?: string | undefined;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly role?: readonly string[] | undefined;
  readonly patient?: string | undefined;
  readonly until?: string | undefined;
}

const ADMINISTRATION: Authority = { purpose: 'HSYSADMIN', scope: 'exchange/people.manage' };

export const PEOPLE_USAGE = `hie people list [--json]
hie people invite MEMBER --name NAME --email ADDRESS --role ROLE [--role ROLE …]
                                         prints a one-time code for /enrol; MEMBER is a member or exchange-operator
hie people invite MEMBER --name NAME --email ADDRESS --role patient --patient ID
hie people invite MEMBER --name NAME --email ADDRESS --role proxy --patient ID [--until TIME]
                                         ID is the patient's at MEMBER, as in Patient/ID; a proxy's right ends at TIME
hie people disable PERSON --reason TEXT
hie people enable PERSON`;

/** `hie people …`: who may sign in. What needs a second administrator is not for a command line. */
export async function people(
  connection: ExchangeConnection,
  [verb, subject]: readonly string[],
  options: PeopleOptions,
): Promise<string> {
  if (verb === 'list') return list(connection, options.json === true);
  if (subject === undefined) throw new CliError('usage', PEOPLE_USAGE);
  if (verb === 'invite') return invite(connection, subject, options);
  const path = `/people/${encodeURIComponent(subject)}/disablement`;
  if (verb === 'enable') return told(await send<PersonView>(connection, ADMINISTRATION, 'DELETE', path), options.json);
  if (verb !== 'disable') throw new CliError('usage', PEOPLE_USAGE);
  if (options.reason === undefined) throw new CliError('usage', 'Disabling somebody needs a reason: --reason TEXT.');
  return told(
    await send<PersonView>(connection, ADMINISTRATION, 'POST', path, { reason: options.reason }),
    options.json,
  );
}

async function list(connection: ExchangeConnection, asJson: boolean): Promise<string> {
  const { people: all } = await send<{ people: PersonView[] }>(connection, ADMINISTRATION, 'GET', '/people');
  if (asJson) return JSON.stringify(all, undefined, 2);
  return all.length === 0 ? 'Nobody has been invited.' : all.map(line).join('\n');
}

async function invite(connection: ExchangeConnection, memberId: string, options: PeopleOptions): Promise<string> {
  const { name, email, role, patient, until, json } = options;
  if (name === undefined || email === undefined || role === undefined) throw new CliError('usage', PEOPLE_USAGE);
  const issued = await send<IssuedInvitation>(connection, ADMINISTRATION, 'POST', '/people', {
    ...{ memberId, name, email, roles: role },
    ...(patient === undefined ? {} : { patient }),
    ...(until === undefined ? {} : { until }),
  });
  if (json === true) return JSON.stringify(issued, undefined, 2);
  return [`person   ${issued.personId}`, `code     ${issued.code}`, `expires  ${issued.expiresAt}`].join('\n');
}

const told = (person: PersonView, asJson: boolean | undefined): string =>
  asJson === true ? JSON.stringify(person, undefined, 2) : line(person);

const line = ({ personId, memberId, name, status, roles, authenticators, lastActiveAt }: PersonView): string =>
  [
    personId,
    memberId.padEnd(20),
    status.padEnd(9),
    name.padEnd(28),
    `${authenticators} passkeys`,
    lastActiveAt.slice(0, 10),
    roles.join(' '),
  ].join(' ');
