import type { LedgerEntry, Requester } from '@hie/ledger-entry';

/** Who asked, as far as it is known. */
export type EntryRequester = Requester;

/** What a report needs of an opened entry: all but the signatures that vouch for it. Its details are absent when their key was destroyed. */
export type RecordedEntry = Omit<LedgerEntry, 'seals' | 'sealedBy'>;

/** How what was done ended. */
export const entryOutcomes = ['success', 'denied', 'empty', 'failed', 'refused'] as const;

export type EntryOutcome = (typeof entryOutcomes)[number];

/** Where an entry stands in the log. */
export interface EntryPlace {
  /** The half-yearly log that holds it, such as `2026h2`; absent where there is one log alone. */
  readonly shard?: string;
  /** In that log. */
  readonly index: number;
  /** RFC 6962 leaf hash. */
  readonly leafHash: Uint8Array;
}

/** A place as text: `2026h2/17`. */
export const placeText = ({ shard, index }: Pick<EntryPlace, 'shard' | 'index'>): string =>
  shard === undefined ? String(index) : `${shard}/${index}`;

/** Orders places as the entries were appended. */
export const comparePlaces = (a: EntryPlace, b: EntryPlace): number =>
  (a.shard ?? '').localeCompare(b.shard ?? '', 'en', { numeric: true }) || a.index - b.index;

/** A detail that is text; absent when it is something else, or gone. */
export function textDetail({ details }: Pick<RecordedEntry, 'details'>, name: string): string | undefined {
  const value = details?.[name];
  return typeof value === 'string' ? value : undefined;
}

/** A detail that is a list; empty when it is something else, or gone. */
export function listDetail({ details }: Pick<RecordedEntry, 'details'>, name: string): readonly string[] {
  const value = details?.[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
