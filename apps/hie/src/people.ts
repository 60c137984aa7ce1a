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
  readonly usableAt: string;
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
  readonly 'app-lost'?: boolean | undefined;
}

const ADMINISTRATION: Authority = { purpose: 'HSYSADMIN', scope: 'exchange/people.manage' };
const DECIDING: Authority = { ...ADMINISTRATION, isForPeople: true };

export const PEOPLE_USAGE = `hie people list [--json]
hie people invite MEMBER --name NAME --email ADDRESS --role ROLE [--role ROLE …]
                                         prints a one-time code for /enrol; MEMBER is a member or exchange-operator
hie people invite MEMBER --name NAME --email ADDRESS --role patient --patient ID
hie people invite MEMBER --name NAME --email ADDRESS --role proxy --patient ID [--until TIME]
                                         ID is the patient's at MEMBER, as in Patient/ID; a proxy's right ends at TIME
hie people disable PERSON --reason TEXT
hie people enable PERSON
hie people grant PERSON ROLE
hie people withdraw PERSON ROLE
hie people recover PERSON [--app-lost]   asks for a way back for somebody who has lost their passkeys
hie people approve PERSON                another administrator's word to that; prints a one-time code, good a day later`;

/** `hie people …`: who may sign in, and as what. Roles and recoveries are for whoever has signed in. */
export async function people(
  connection: ExchangeConnection,
  [verb = '', subject, role]: readonly string[],
  options: PeopleOptions,
): Promise<string> {
  if (verb === 'list') return list(connection, options.json === true);
  if (subject === undefined) throw new CliError('usage', PEOPLE_USAGE);
  if (verb === 'invite') return invite(connection, subject, options);
  const person = `/people/${encodeURIComponent(subject)}`;
  if (verb === 'grant' || verb === 'withdraw') {
    if (role === undefined) throw new CliError('usage', PEOPLE_USAGE);
    const method = verb === 'grant' ? 'PUT' : 'DELETE';
    const path = `${person}/roles/${encodeURIComponent(role)}`;
    return told(await send<PersonView>(connection, DECIDING, method, path), options.json);
  }
  if (verb === 'recover') {
    await send(connection, DECIDING, 'POST', `${person}/recovery`, { appLost: options['app-lost'] === true });
    return 'Asked for; another administrator approves it: npx hie people approve';
  }
  if (verb === 'approve')
    return issued(await send<IssuedInvitation>(connection, DECIDING, 'POST', `${person}/recovery/approval`), options);
  const path = `${person}/disablement`;
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
  const { name, email, role, patient, until } = options;
  if (name === undefined || email === undefined || role === undefined) throw new CliError('usage', PEOPLE_USAGE);
  const invitation = await send<IssuedInvitation>(connection, ADMINISTRATION, 'POST', '/people', {
    ...{ memberId, name, email, roles: role },
    ...(patient === undefined ? {} : { patient }),
    ...(until === undefined ? {} : { until }),
  });
  return issued(invitation, options);
}

function issued(invitation: IssuedInvitation, { json }: PeopleOptions): string {
  if (json === true) return JSON.stringify(invitation, undefined, 2);
  const { personId, code, usableAt, expiresAt } = invitation;
  return [`person   ${personId}`, `code     ${code}`, `usable   ${usableAt}`, `expires  ${expiresAt}`].join('\n');
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
