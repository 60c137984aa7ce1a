import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';

import { extensions, systems } from '../terminology/code-systems.js';
import { oneLine } from '../terminology/plain-text.js';
import { type CoverageRow, type CoverageReason, coverageReasons, coverageStatuses } from './coverage-row.js';
import { coverageStatement, isCoverageComplete } from './coverage-statement.js';

/**
 * The coverage manifest as an OperationOutcome: first the statement as a whole, then one issue a member, `warning` where its records
 * have not been looked at (or not wholly). Status and reason stand as codings in `details`, the member as an extension, so that a
 * machine needs no other list.
 */
export function coverageOutcome(rows: readonly CoverageRow[]): OperationOutcome {
  const statement = coverageStatement(rows);
  const whole: OperationOutcomeIssue = isCoverageComplete(rows)
    ? { severity: 'information', code: 'informational', details: { text: statement } }
    : { severity: 'warning', code: 'incomplete', details: { text: statement } };
  return { resourceType: 'OperationOutcome', issue: [whole, ...rows.map(memberIssue)] };
}

function memberIssue(row: CoverageRow): OperationOutcomeIssue {
  const { severity, issue, said } = coverageStatuses[row.status];
  return {
    extension: [{ url: extensions.coverageMember, valueIdentifier: { system: systems.member, value: row.memberId } }],
    severity: row.reason === 'partial' ? 'warning' : severity,
    code: row.reason === 'partial' ? 'incomplete' : issue,
    details: {
      coding: [
        { system: systems.coverageStatus, code: row.status },
        { system: systems.coverageReason, code: row.reason },
      ],
      text: `${oneLine(row.name, 80)} ${said}${reasonClause(row.reason)}.`,
    },
  };
}

function reasonClause(reason: string): string {
  return Object.hasOwn(coverageReasons, reason) ? `: ${coverageReasons[reason as CoverageReason]}` : '';
}
