import type { OutcomeCode, OutcomeDetail, UndisclosedReason } from '@hie/fhir';

/** A refusal at a door, by its stable code; the filter makes an OperationOutcome of it. */
export class OutcomeError extends Error {
  override readonly name = 'OutcomeError';
  readonly retry = 'never';
  constructor(
    readonly code: OutcomeCode | UndisclosedReason,
    readonly detail: OutcomeDetail = {},
    /** What was tried, for the ledger alone: the answer is the same as where there is nothing. */
    readonly attempt?: 'query-of-another',
  ) {
    super(code);
  }
}
