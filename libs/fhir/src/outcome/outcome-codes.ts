import type { OperationOutcomeIssue } from '@medplum/fhirtypes';

export interface OutcomeDefinition {
  /** HTTP status of the answer that carries it. */
  readonly status: number;
  /** Issue type of R4 (https://hl7.org/fhir/R4/valueset-issue-type.html). */
  readonly type: OperationOutcomeIssue['code'];
  readonly severity: 'fatal' | 'error' | 'warning' | 'information';
  /** Static English: it never holds a value of the request or of a patient. */
  readonly text: string;
}

const refusal = (status: number, type: OutcomeDefinition['type'], text: string): OutcomeDefinition => ({
  status,
  type,
  severity: 'error',
  text,
});

/**
 * Every outcome that may leave the exchange. Closed: a door that finds no row for its trouble adds one here.
 *
 * The keys are stable and travel in `issue.details.coding.code`; the texts may be reworded. Status codes follow FHIR R4 (3.1.0,
 * RESTful API), CDS Hooks 2.0 (404 unknown service, 412 missing data), RFC 6750 section 3.1 (401 for a bad token, 403 for
 * too little scope: IHE IUA's 401 for scope would make a client log in again for something a login can't mend), RFC 6585 (429),
 * RFC 9110 for the rest.
 */
export const outcomes = {
  'invalid-json': refusal(400, 'structure', 'The body is not well-formed JSON.'),
  'invalid-request': refusal(400, 'invalid', 'The body does not have the shape this door takes.'),
  'missing-parameter': refusal(400, 'required', 'A required parameter is missing.'),
  'invalid-parameter': refusal(400, 'value', 'A parameter has a value that can not be read.'),
  'unsupported-parameter': refusal(400, 'not-supported', 'A parameter is not supported here.'),
  'invalid-deadline': refusal(400, 'value', 'The deadline is not a number of milliseconds within the limits.'),
  'unknown-hook': refusal(400, 'not-supported', 'The service does not answer this CDS hook.'),
  'prefetch-mismatch': refusal(400, 'conflict', 'The prefetched patient is not the patient of the context.'),

  'not-authenticated': refusal(401, 'login', 'A valid access token is required.'),
  'stronger-sign-in-required': refusal(401, 'login', 'A stronger or more recent sign-in is required.'),

  'insufficient-scope': refusal(403, 'forbidden', 'The access token does not cover this operation.'),
  'person-required': refusal(403, 'forbidden', 'A person decides this, who has signed in; a system does not.'),
  'purpose-missing': refusal(403, 'required', 'The request states no purpose of use; there is no default.'),
  'purpose-unknown': refusal(403, 'code-invalid', 'The purpose of use is not one this exchange knows.'),
  'purpose-not-granted': refusal(403, 'forbidden', 'The requester may not use this purpose here.'),
  'member-suspended': refusal(403, 'forbidden', 'The requesting member is suspended.'),

  'identifier-of-another': refusal(403, 'forbidden', 'Identifiers of this system are assigned by another member.'),

  'patient-not-disclosed': refusal(404, 'not-found', 'Nothing can be disclosed for this patient.'),
  'unknown-service': refusal(404, 'not-supported', 'There is no CDS service of this name.'),
  'unknown-interaction': refusal(404, 'not-supported', 'There is no such resource or operation here.'),
  'query-not-found': refusal(404, 'not-found', 'There is no such query, or it has ended.'),
  'method-not-allowed': refusal(405, 'not-supported', 'This method is not supported here.'),
  'not-acceptable': refusal(406, 'not-supported', 'The format asked for is not supported.'),
  'idempotency-conflict': refusal(409, 'conflict', 'The idempotency key was used before with another request.'),
  'prefetch-missing': refusal(412, 'incomplete', 'The patient is needed as prefetch and was not sent.'),
  'body-too-large': refusal(413, 'too-long', 'The body is larger than the limit.'),
  'unsupported-media-type': refusal(415, 'not-supported', 'The media type of the body is not supported.'),
  'identifier-mismatch': refusal(422, 'conflict', 'The resource does not carry the identifier of the request.'),
  'unprocessable-resource': refusal(422, 'processing', 'The resource can not be processed.'),
  'too-many-requests': refusal(429, 'throttled', 'Too many requests. Retry after the time in Retry-After.'),

  'internal-error': refusal(500, 'exception', 'The exchange failed to answer. The failure was recorded.'),
  'no-receipt': refusal(503, 'transient', 'The ledger gave no receipt in time, so nothing was released. Retry.'),
  overloaded: refusal(503, 'throttled', 'The exchange is busy. Retry after the time in Retry-After.'),
  'service-unavailable': refusal(503, 'transient', 'A part of the exchange is unavailable. Retry.'),
  'deadline-passed': refusal(504, 'timeout', 'The query ended at its deadline without an answer.'),
} as const satisfies Readonly<Record<string, OutcomeDefinition>>;

export type OutcomeCode = keyof typeof outcomes;

/**
 * Why nothing is disclosed, as the ledger knows it, and the one outcome under which the caller hears of it.
 *
 * **Indistinguishable by design.** "Not there", "ambiguous", "not yours" and "withheld" would each tell a stranger something about a
 * person (that she is known here, that she has a namesake, that she has closed her record). They share one code, one status and one
 * text, so that their answers are the same bytes; a spec compares them. What the caller can't see stands in the ledger.
 */
export const undisclosed = {
  'patient-unknown': 'patient-not-disclosed',
  'patient-ambiguous': 'patient-not-disclosed',
  'patient-of-another-requester': 'patient-not-disclosed',
  'patient-withheld': 'patient-not-disclosed',
} as const satisfies Readonly<Record<string, OutcomeCode>>;

export type UndisclosedReason = keyof typeof undisclosed;
