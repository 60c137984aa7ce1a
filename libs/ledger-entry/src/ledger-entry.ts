import type { Binding } from './vouching.js';

/** Who asked, as far as it is known. */
export interface Requester {
  readonly memberId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly userId?: string | undefined;
  /** The IP address of whoever was connected to the exchange's door. */
  readonly address?: string | undefined;
}

/** Codes, counts and versions, by name. */
export type EntryDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** What the ledger's keeper can always read of an entry: who, what, why, when; the patient as a pseudonym. */
export interface EntryHead {
  readonly eventId: string;
  /** Absent for what belongs to no transaction. */
  readonly txn?: string | undefined;
  readonly service: string;
  /** A stable verb phrase: `query.requested`, `disclosure.decided`, … */
  readonly action: string;
  readonly outcome: string;
  readonly reason?: string | undefined;
  readonly purpose?: string | undefined;
  readonly requester?: Requester | undefined;
  /** Id of the patient's key; says who it is only to whoever has the table of keys, and to nobody once it is erased. */
  readonly patient?: string | undefined;
  /** SHA-256 (base64url) of what was disclosed. */
  readonly digest?: string | undefined;
  /** The digests of the hop seals so far. */
  readonly seals: readonly string[];
  /** Whose seal vouches for this event. */
  readonly sealedBy: string;
  /** Binds the details and the person to the signature: see `Binding`. */
  readonly detailsDigest?: string | undefined;
  /** That service's word on all of it: see `vouchFor`. */
  readonly signature?: string | undefined;
  /** ISO 8601. */
  readonly at: string;
}

/** One thing that happened, as it is told to whoever may know. */
export interface LedgerEntry extends EntryHead {
  /** Absent once the patient’s key is destroyed. */
  readonly details?: EntryDetails | undefined;
  /** Goes with the details; not there where they were read for their own sake. */
  readonly binding?: Binding | undefined;
}

/**
 * JSON with sorted keys and no white space (RFC 8785 for the values that occur here: strings, booleans, finite numbers), so that the
 * same value has the same bytes wherever it is written out. Members that are `undefined` are left out.
 */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]));
}
