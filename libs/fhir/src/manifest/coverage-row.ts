import type { OperationOutcomeIssue } from '@medplum/fhirtypes';

interface StatusMeaning {
  /** Whether what the member keeps has been looked at, so that "none" from it means none. */
  readonly looked: boolean;
  readonly severity: 'information' | 'warning';
  readonly issue: OperationOutcomeIssue['code'];
  /** How a sentence goes on after the member's name. */
  readonly said: string;
}

/** What can become of one member in one query (DESIGN.md, "No silent blank"). Closed. */
export const coverageStatuses = {
  answered: { looked: true, severity: 'information', issue: 'informational', said: 'answered' },
  'no-record': { looked: true, severity: 'information', issue: 'informational', said: 'has no record of this patient' },
  filtered: { looked: true, severity: 'warning', issue: 'suppressed', said: 'answered; something was withheld' },
  denied: { looked: false, severity: 'warning', issue: 'suppressed', said: 'may not disclose' },
  'timed-out': { looked: false, severity: 'warning', issue: 'timeout', said: 'did not answer in time' },
  'breaker-open': {
    looked: false,
    severity: 'warning',
    issue: 'transient',
    said: 'was not asked, it has been failing',
  },
  failed: { looked: false, severity: 'warning', issue: 'exception', said: 'failed to answer' },
  'not-asked': { looked: false, severity: 'warning', issue: 'incomplete', said: 'was not asked' },
} as const satisfies Readonly<Record<string, StatusMeaning>>;

export type CoverageStatus = keyof typeof coverageStatuses;

/** Why a status came about. Closed and stable; the text is for people. */
export const coverageReasons = {
  complete: 'every search was answered',
  partial: 'some of it was not answered or could not be read',
  'nothing-held': 'it holds nothing of what was asked',
  'patient-not-known': 'it does not know this patient',
  'labels-withheld': 'records with a protected label were withheld',
  'excluded-by-patient': 'the patient does not let it disclose',
  'member-refused': 'it refused the request',
  'deadline-passed': 'the deadline came first',
  'failing-recently': 'it has failed too often lately',
  'connection-failed': 'it could not be reached',
  'error-status': 'it answered with an error',
  'malformed-answer': 'its answer could not be read',
  'wrong-patient': 'its answer was about somebody else',
  'answer-too-large': 'its answer was larger than the limit',
  'own-record': 'it is the requester itself',
  'member-suspended': 'it is suspended from the exchange',
  'deadline-too-near': 'there was no time left to ask it',
  'kind-not-held': 'it is known to hold nothing of this kind',
} as const;

export type CoverageReason = keyof typeof coverageReasons;

/**
 * What became of one member, as it may be told to the requester.
 *
 * `counts` has a key for each resource type whose search was answered, 0 included: a type without a key was **not** looked at there.
 * That is how "no allergies" is kept apart from "allergies not answered" within one member.
 */
export interface CoverageRow {
  readonly memberId: string;
  readonly name: string;
  readonly status: CoverageStatus;
  /** A `CoverageReason`; a string so that rows of a newer part of the exchange can still be read. */
  readonly reason: string;
  readonly counts: Readonly<Record<string, number>>;
  /** ISO 8601 instant. */
  readonly retrievedAt?: string | undefined;
  readonly elapsedMs?: number | undefined;
  /** Never on a row that may be told; see `HeldCoverageRow`. */
  readonly discloses?: never;
}

/**
 * A row inside the exchange, before `releaseCoverage`. The compiler keeps the two apart: no function that speaks to a caller takes it.
 */
export interface HeldCoverageRow extends Omit<CoverageRow, 'discloses'> {
  /** Whether even the mention of this member would disclose something (a sensitive clinic). */
  readonly discloses: boolean;
  /** Resource types of which something was withheld by label. */
  readonly withheldTypes?: readonly string[];
}

/** Whether what this member keeps of `type` (or anything at all) has been looked at. */
export function hasLooked(row: CoverageRow, type?: string): boolean {
  if (!coverageStatuses[row.status].looked) return false;
  return type === undefined || row.status === 'no-record' || Object.hasOwn(row.counts, type);
}

/** Whether the row counts as a source: the requester's own record is on its own screen already. */
export function isSource(row: CoverageRow): boolean {
  return !(row.status === 'not-asked' && row.reason === 'own-record');
}
