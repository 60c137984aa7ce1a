/**
 * An entry of the ledger as whoever may open it reads it.
 *
 * Structurally what the ledger's service and its verifier hold after opening the sealed parts; this library needs no more of it.
 */
export interface RecordedEntry {
  /** RFC 9562 UUID; one event has one entry. */
  readonly eventId: string;
  /** The transaction, where there was one. */
  readonly txn?: string;
  /** Who tells: the service that did it. */
  readonly service: string;
  /** What was done: a row of `auditActions`, or an action of a later version of a service. */
  readonly action: string;
  readonly outcome: EntryOutcome;
  /** A stable code: the rule that decided, the reason of a refusal. */
  readonly reason?: string;
  /** HL7 v3-ActReason. */
  readonly purpose?: string;
  readonly requester?: EntryRequester;
  /** The pseudonym of the person concerned; never the person. */
  readonly patient?: string;
  /** SHA-256, base64url, of what was disclosed. */
  readonly digest?: string;
  /** Codes, counts and versions. Absent when the key that opens them was destroyed. */
  readonly details?: EntryDetails;
  /** ISO 8601. */
  readonly at: string;
}

export type EntryOutcome = 'success' | 'denied' | 'empty' | 'failed' | 'refused';

export interface EntryRequester {
  readonly memberId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly userId?: string | undefined;
}

export type EntryDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Where an entry stands in the log. */
export interface EntryPlace {
  readonly index: number;
  /** RFC 6962 leaf hash. */
  readonly leafHash: Uint8Array;
}

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
