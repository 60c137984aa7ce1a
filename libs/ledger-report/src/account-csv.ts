// RFC 4180: https://www.rfc-editor.org/rfc/rfc4180
// Formula injection: https://owasp.org/www-community/attacks/CSV_Injection
import { isPurpose, purposeDisplay } from '@hie/purpose-of-use';

import type { Disclosure } from './account-disclosures.js';
import { placeText } from './recorded-entry.js';

/** The columns of an accounting, for a table as for a file. */
export const accountColumns: readonly { readonly title: string; readonly of: (disclosure: Disclosure) => string }[] = [
  { title: 'Date', of: ({ date }) => date },
  { title: 'Last given', of: ({ until }) => until },
  { title: 'Recipient', of: (disclosure) => recipientOf(disclosure) ?? '' },
  { title: 'Recipient id', of: ({ recipient }) => recipient.memberId ?? '' },
  { title: 'Recipient system', of: ({ recipient }) => recipient.clientId ?? '' },
  { title: 'Recipient person', of: ({ recipient }) => recipient.userId ?? '' },
  { title: 'What', of: (disclosure) => whatOf(disclosure) },
  { title: 'Sources', of: ({ sources, sourceNames }) => (sourceNames ?? sources).join('; ') },
  { title: 'Purpose', of: ({ purpose }) => purpose ?? '' },
  { title: 'Why', of: ({ purpose }) => whyOf(purpose) },
  { title: 'Rule', of: ({ rule }) => rule ?? '' },
  { title: 'Consent', of: ({ consentVersion }) => consentVersion ?? '' },
  {
    title: 'In an accounting under 45 CFR 164.528',
    of: ({ standing }) => (standing.kind === 'accountable' ? 'yes' : 'no'),
  },
  {
    title: 'Exemption',
    of: ({ standing }) => (standing.kind === 'exempt' ? `${standing.paragraph} ${standing.because}` : ''),
  },
  { title: 'While merged with another', of: ({ isWhileMerged }) => (isWhileMerged ? 'yes' : 'no') },
  { title: 'Transaction', of: ({ txn }) => txn ?? '' },
  { title: 'Ledger entries', of: ({ entries }) => entries.map(placeText).join('; ') },
];

/** Who received: the name where it is known, else the id; `undefined` where the ledger does not say. */
export const recipientOf = ({ recipient: { name, memberId } }: Pick<Disclosure, 'recipient'>): string | undefined =>
  name ?? memberId;

/** What was disclosed, in a line. */
export function whatOf({
  kinds,
  counts,
  isPartlyDestroyed,
}: Pick<Disclosure, 'kinds' | 'counts' | 'isPartlyDestroyed'>): string {
  if (kinds.length > 0)
    return kinds.map((kind) => (counts?.[kind] === undefined ? kind : `${kind} (${counts[kind]})`)).join('; ');
  if (counts !== undefined) return 'that no record was found';
  return isPartlyDestroyed ? 'details destroyed' : 'not recorded';
}

/** Why, in words: the purpose of use as HL7 displays it. */
export const whyOf = (purpose: string | undefined): string =>
  isPurpose(purpose) ? purposeDisplay(purpose) : (purpose ?? 'not recorded');

/**
 * An accounting as CSV with a header row: quoted where need be, lines end in CR LF, and a cell that a spreadsheet would take for a formula
 * (it begins with `=`, `+`, `-`, `@`, tab or CR) gets an apostrophe before it, by which it is text.
 */
export function accountCsv(disclosures: readonly Disclosure[]): string {
  const rows = [
    accountColumns.map(({ title }) => title),
    ...disclosures.map((disclosure) => accountColumns.map(({ of }) => of(disclosure))),
  ];
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** One cell of a CSV. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
