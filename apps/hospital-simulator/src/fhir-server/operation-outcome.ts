/** FHIR issue types this server uses (http://hl7.org/fhir/issue-type). */
export type IssueType =
  | 'invalid'
  | 'not-found'
  | 'not-supported'
  | 'forbidden'
  | 'login'
  | 'too-costly'
  | 'too-long'
  | 'exception'
  | 'transient'
  | 'value';

/** An answer of the server before it is on the wire. */
export interface FhirResponse {
  readonly status: number;
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An OperationOutcome with one issue. The text never repeats what was asked. */
export function outcome(
  status: number,
  code: IssueType,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): FhirResponse {
  const issue = [{ severity: 'error', code, details: { text } }];
  return { status, body: Buffer.from(JSON.stringify({ resourceType: 'OperationOutcome', issue })), headers };
}
