import type { Disclosure, PlacedEntry } from '@hie/ledger-report';
import { isDisclosure } from '@hie/ledger-report';
import { isUuid } from '@hie/service-kit';

import { type DateRange, readDateRange } from '../search-audit-events/date-range.js';

export const accountFormats = ['json', 'csv', 'pdf'] as const;
export type AccountFormat = (typeof accountFormats)[number];

/** What is asked of a patient's disclosures. */
export interface AccountRequest {
  readonly personId: string;
  readonly period: DateRange;
  /** Whether what 164.528 exempts is shown too, marked; it is unless said. */
  readonly isWithExempt: boolean;
  readonly client?: string;
  readonly member?: string;
  readonly consent?: string;
  readonly format: AccountFormat;
}

/** An accounting of disclosures. */
export interface Accounting {
  readonly disclosures: readonly Disclosure[];
  readonly period: DateRange;
  readonly isWithExempt: boolean;
  /** True of the first `size` entries of the log, under a signed checkpoint of at least that size. */
  readonly size: number;
  readonly checkpoint: string;
  readonly madeAt: Date;
}

/** 164.528(a)(1): the six years before the request. */
const YEARS = 6;

/**
 * Reads the parameters of `GET /ledger/accounting`: `patient` (`Patient/<person>`, once the gateway has opened the handle), `from` and `to`
 * (days or moments; to the end of what they name), `include` (`all` or `accountable`), `client`, `member`, `consent`, `format`.
 *
 * @returns the name of the parameter that can't be read, is not known, or is missing (`patient`).
 */
export function readAccountRequest(
  parameters: readonly (readonly [name: string, value: string])[],
  nowMs: number,
): AccountRequest | { readonly fault: string } {
  const read = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (read.has(name)) return { fault: name };
    read.set(name, value);
  }
  const {
    patient = '',
    from,
    to,
    include = 'all',
    client,
    member,
    consent,
    format = 'json',
    ...others
  } = Object.fromEntries(read);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return { fault: unknown };
  const [, personId = ''] = /^Patient\/(.+)$/.exec(patient) ?? [];
  if (!isUuid(personId)) return { fault: 'patient' };
  const end = to === undefined ? { beforeMs: nowMs + 1 } : momentOf(to);
  if (end === undefined) return { fault: 'to' };
  const begin = from === undefined ? { fromMs: yearsBefore(end.beforeMs, YEARS) } : momentOf(from);
  if (begin === undefined) return { fault: 'from' };
  if (include !== 'all' && include !== 'accountable') return { fault: 'include' };
  if (!isFormat(format)) return { fault: 'format' };
  return {
    ...{ personId, period: { fromMs: begin.fromMs, beforeMs: end.beforeMs }, isWithExempt: include === 'all', format },
    ...(client === undefined ? {} : { client }),
    ...(member === undefined ? {} : { member }),
    ...(consent === undefined ? {} : { consent }),
  };
}

/** Which of a patient's disclosures a request is about: the columns have decided the period, the rest is decided here. */
export function isAskedFor(request: AccountRequest, disclosure: Disclosure): boolean {
  const { recipient, consentVersion, standing } = disclosure;
  return (
    (request.client === undefined || recipient.clientId === request.client) &&
    (request.member === undefined || recipient.memberId === request.member) &&
    (request.consent === undefined || consentVersion === request.consent) &&
    (request.isWithExempt || standing.kind === 'accountable')
  );
}

/** The transactions that disclosures belong to. */
export const transactionsOf = (entries: readonly PlacedEntry[]): readonly string[] => [
  ...new Set(entries.flatMap(({ entry }) => (isDisclosure(entry) && entry.txn !== undefined ? [entry.txn] : []))),
];

/** A day or a moment, without a prefix. */
const momentOf = (text: string): DateRange | undefined => (/^\d/.test(text) ? readDateRange(text) : undefined);

const isFormat = (text: string): text is AccountFormat => (accountFormats as readonly string[]).includes(text);

function yearsBefore(ms: number, years: number): number {
  const moment = new Date(ms);
  moment.setUTCFullYear(moment.getUTCFullYear() - years);
  return moment.getTime();
}
