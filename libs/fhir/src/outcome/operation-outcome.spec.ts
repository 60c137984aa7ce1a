import { disclosedCode, operationOutcome, outcomeStatus } from './operation-outcome.js';
import { type OutcomeCode, outcomes, undisclosed, type UndisclosedReason } from './outcome-codes.js';

const codes = Object.keys(outcomes) as OutcomeCode[];
const reasons = Object.keys(undisclosed) as UndisclosedReason[];

describe('operationOutcome', () => {
  it('carries the stable code, the issue type and the static text', () => {
    expect(operationOutcome('missing-parameter', { expression: 'patient', traceId: '4bf92f35' })).toEqual({
      resourceType: 'OperationOutcome',
      issue: [
        {
          severity: 'error',
          code: 'required',
          details: {
            coding: [
              {
                system: 'https://hie.example/fhir/CodeSystem/outcome-code',
                code: 'missing-parameter',
                display: 'A required parameter is missing.',
              },
            ],
            text: 'A required parameter is missing.',
          },
          expression: ['patient'],
          diagnostics: 'trace 4bf92f35',
        },
      ],
    });
  });

  // Statuses worked out from the specifications the table names, not read back from it.
  it.each<[OutcomeCode | UndisclosedReason, number]>([
    ['invalid-json', 400],
    ['unknown-hook', 400],
    ['not-authenticated', 401],
    ['purpose-missing', 403],
    ['purpose-unknown', 403],
    ['purpose-not-granted', 403],
    ['insufficient-scope', 403],
    ['person-required', 403],
    ['patient-unknown', 404],
    ['patient-ambiguous', 404],
    ['prefetch-missing', 412],
    ['body-too-large', 413],
    ['too-many-requests', 429],
    ['no-receipt', 503],
    ['overloaded', 503],
    ['service-unavailable', 503],
    ['deadline-passed', 504],
  ])('%s is sent with status %i', (code, status) => {
    expect(outcomeStatus(code)).toBe(status);
  });

  it('answers unknown, ambiguous, not yours and withheld with the same bytes and the same status', () => {
    const bodies = reasons.map((reason, at) =>
      JSON.stringify(operationOutcome(reason, { traceId: String(at), expression: `Patient[${at}]` })),
    );
    expect(reasons).toHaveLength(4);
    expect(new Set(bodies).size).toBe(1);
    expect(new Set(reasons.map(outcomeStatus)).size).toBe(1);
    expect(bodies[0]).not.toContain('ambiguous');
  });

  it('uses issue types of R4 only', () => {
    const issueTypes =
      'invalid structure required value invariant security login unknown expired forbidden suppressed processing not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension too-costly business-rule conflict transient lock-error no-store exception timeout incomplete throttled informational'.split(
        ' ',
      );
    for (const code of codes) expect(issueTypes).toContain(outcomes[code].type);
  });

  it('is disclosed as itself, but for the reasons that must not be told apart', () => {
    expect(codes.filter((code) => disclosedCode(code) !== code)).toEqual([]);
    expect([...new Set(reasons.map(disclosedCode))]).toEqual(['patient-not-disclosed']);
  });
});
