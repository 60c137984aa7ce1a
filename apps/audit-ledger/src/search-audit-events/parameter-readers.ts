import { isIPv6 } from 'node:net';

import { readIdentifierToken, systems } from '@hie/fhir';
import { type EventKind, actionsOfKind, entryOutcomes, outcomeCodes } from '@hie/ledger-report';
import { ACT_REASON_SYSTEM } from '@hie/purpose-of-use';
import { isUuid } from '@hie/service-kit';

import { readDateRange } from './date-range.js';
import type { Criterion, MatchedColumn } from './entry-criteria.js';

/** Reads the values of one parameter; `undefined` when one of them can't be read. */
export type ReadCriterion = (values: readonly string[]) => Criterion | undefined;

type Match = { readonly column: MatchedColumn; readonly value: string };

const equals =
  (read: (value: string) => readonly Match[] | undefined): ReadCriterion =>
  (values) => {
    const all = values.map(read);
    return all.includes(undefined) ? undefined : { kind: 'equals', anyOf: all.flatMap((matches) => matches ?? []) };
  };

/** The parameters of a search that become criteria of their own. */
export const parameterReaders: Readonly<Record<string, ReadCriterion>> = {
  _id: equals((value) => uuidMatch('event_id', value)),
  date: (values) => {
    const ranges = values.map(readDateRange);
    return ranges.includes(undefined) ? undefined : { kind: 'date', anyOf: ranges.flatMap((range) => range ?? []) };
  },
  'patient.identifier': equals((value) => {
    const token = tokenOf(value);
    return token.system === systems.ledgerPatient ? uuidMatch('patient', token.value) : undefined;
  }),
  agent: equals(readAgentReference),
  'agent.identifier': equals(readAgentIdentifier),
  'entity.identifier': equals(readEntityIdentifier),
  entity: (values) =>
    values.every((value) => /^Consent\/[\w.-]{1,64}\/_history\/\d{1,9}$/.test(value))
      ? { kind: 'consent', anyOf: values }
      : undefined,
  source: equals((value) => [{ column: 'service', value: value.replace(/^Device\//, '') }]),
  'source.identifier': equals((value) => ofSystem(value, { [systems.service]: 'service' })),
  // As an AuditEvent shows them: of who asked the IP address, of a service its name.
  address: equals((value) => [
    { column: 'address', value: ipAddress(value) },
    { column: 'service', value },
  ]),
  purpose: equals((value) => ofSystem(value, { [ACT_REASON_SYSTEM]: 'purpose' })),
  outcome: equals(readOutcome),
  action: (values) => kinds(values, ({ action }, { value }) => action === value),
  type: (values) => kinds(values, ({ type }, token) => isCoding(type, token)),
  subtype: (values) => kinds(values, ({ subtypes }, token) => subtypes.some((subtype) => isCoding(subtype, token))),
};

/** An IP address as entries have it: of IPv6 the short form (RFC 5952). */
const ipAddress = (text: string): string => (isIPv6(text) ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text);

const uuidMatch = (column: MatchedColumn, value: string): readonly Match[] | undefined =>
  isUuid(value.toLowerCase()) ? [{ column, value: value.toLowerCase() }] : undefined;

/** A token of one of these systems; without a system, of any of them. */
function ofSystem(text: string, columns: Readonly<Record<string, MatchedColumn>>): readonly Match[] | undefined {
  const { system, value } = tokenOf(text);
  if (value === '') return undefined;
  if (system === undefined) return Object.values(columns).map((column) => ({ column, value }));
  const column = Object.hasOwn(columns, system) ? columns[system] : undefined;
  return column === undefined ? [] : [{ column, value }];
}

const agentSystems = {
  [systems.member]: 'member',
  [systems.client]: 'client',
  [systems.memberUser]: 'user_id',
  [systems.service]: 'service',
} as const;

function readAgentIdentifier(text: string): readonly Match[] | undefined {
  return ofSystem(text, agentSystems);
}

const agentTypes: Readonly<Record<string, MatchedColumn>> = {
  Organization: 'member',
  Device: 'client',
  Practitioner: 'user_id',
};

/** `Organization/<member>`, `Device/<client>`, `Practitioner/<user>`, or the bare name of any of them. */
function readAgentReference(text: string): readonly Match[] | undefined {
  const [, type, value = ''] = /^(?:(Organization|Device|Practitioner)\/)?([^/]+)$/.exec(text) ?? [];
  if (value === '') return undefined;
  const column = type === undefined ? undefined : agentTypes[type];
  return (column === undefined ? Object.values(agentTypes) : [column]).map((each) => ({ column: each, value }));
}

function readEntityIdentifier(text: string): readonly Match[] | undefined {
  const { system, value } = tokenOf(text);
  if (system === systems.ledgerPatient) return uuidMatch('patient', value);
  return system === undefined || system === systems.transaction ? uuidMatch('txn', value) : [];
}

function readOutcome(text: string): readonly Match[] | undefined {
  const { value } = tokenOf(text);
  if (!['0', '4', '8', '12'].includes(value)) return undefined;
  return entryOutcomes
    .filter((outcome) => outcomeCodes[outcome] === value)
    .map((outcome) => ({ column: 'outcome', value: outcome }));
}

type Token = ReturnType<typeof tokenOf>;

function kinds(values: readonly string[], isKind: (kind: EventKind, token: Token) => boolean): Criterion | undefined {
  const tokens = values.map(tokenOf);
  if (tokens.some(({ value }) => value === '')) return undefined;
  return { kind: 'actions', anyOf: actionsOfKind((kind) => tokens.some((token) => isKind(kind, token))) };
}

const isCoding = (coding: EventKind['type'], { system, value }: Token): boolean =>
  coding.code === value && (system === undefined || coding.system === system);

function tokenOf(text: string): { readonly system: string | undefined; readonly value: string } {
  return readIdentifierToken(text) ?? { system: undefined, value: '' };
}
