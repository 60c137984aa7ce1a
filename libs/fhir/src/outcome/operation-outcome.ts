import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';

import { systems } from '../terminology/code-systems.js';
import { type OutcomeCode, outcomes, undisclosed, type UndisclosedReason } from './outcome-codes.js';

/** What may stand beside a code. Neither field may hold a value of the request: both reach logs and callers as they are. */
export interface OutcomeDetail {
  /** Where in the request, as FHIRPath or a parameter's name (`Parameters.parameter.where(name='resource')`). */
  readonly expression?: string;
  /** The trace id, for a caller who asks the operator what happened. */
  readonly traceId?: string;
}

function isUndisclosed(code: OutcomeCode | UndisclosedReason): code is UndisclosedReason {
  return Object.hasOwn(undisclosed, code);
}

/** The code under which the caller hears of `code`: itself, or what it is disclosed as. */
export function disclosedCode(code: OutcomeCode | UndisclosedReason): OutcomeCode {
  return isUndisclosed(code) ? undisclosed[code] : code;
}

/**
 * An OperationOutcome of one issue (https://hl7.org/fhir/R4/operationoutcome.html) with its stable code in `details.coding`.
 *
 * For an `UndisclosedReason` the detail is left out with the reason: an expression or a trace that differs would tell them apart.
 *
 * @example
 *   operationOutcome('missing-parameter', { expression: 'patient' });
 */
export function operationOutcome(code: OutcomeCode | UndisclosedReason, detail: OutcomeDetail = {}): OperationOutcome {
  const shown = disclosedCode(code);
  const { type, severity, text } = outcomes[shown];
  const issue: OperationOutcomeIssue = {
    severity,
    code: type,
    details: { coding: [{ system: systems.outcomeCode, code: shown, display: text }], text },
  };
  if (!isUndisclosed(code)) {
    if (detail.expression !== undefined) issue.expression = [detail.expression];
    if (detail.traceId !== undefined) issue.diagnostics = `trace ${detail.traceId}`;
  }
  return { resourceType: 'OperationOutcome', issue: [issue] };
}

/** The HTTP status under which `operationOutcome(code)` is sent. */
export function outcomeStatus(code: OutcomeCode | UndisclosedReason): number {
  return outcomes[disclosedCode(code)].status;
}
