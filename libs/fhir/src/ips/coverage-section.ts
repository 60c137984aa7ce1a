import type { CompositionSection } from '@medplum/fhirtypes';

import { type CoverageReason, coverageReasons, type CoverageRow, coverageStatuses } from '../manifest/coverage-row.js';
import { coverageStatement } from '../manifest/coverage-statement.js';
import type { MergedRecord } from '../merge/merged-record.js';
import { PROJECT } from '../terminology/code-systems.js';
import { narrative, paragraph, table } from './narrative.js';

/**
 * A section of this exchange's own, after those of IPS: which sources were asked and what became of each, and what could not be shown. Any
 * viewer that shows sections shows it; the same stands in the Composition for machines.
 */
export function coverageSection(
  coverage: readonly CoverageRow[],
  record: MergedRecord,
  unsaid: readonly string[],
): CompositionSection {
  const rows = coverage.map(({ name, status, reason, retrievedAt }) => [
    name,
    coverageStatuses[status].said,
    Object.hasOwn(coverageReasons, reason) ? coverageReasons[reason as CoverageReason] : '',
    retrievedAt?.slice(0, 16).replace('T', ' ') ?? '',
  ]);
  const refused = record.refused
    .filter(({ reason }) => reason !== 'superseded-version' && reason !== 'not-asked-for')
    .map(({ memberName, resourceType = '', reason }) => [memberName, resourceType, reason.replaceAll('-', ' ')]);
  return {
    title: 'Sources of this summary',
    code: {
      coding: [{ system: `${PROJECT}/CodeSystem/document-section`, code: 'sources' }],
      text: 'Sources of this summary',
    },
    text: narrative([
      paragraph(coverageStatement(coverage)),
      table(['Source', 'What became of it', 'Why', 'Fetched (UTC)'], rows),
      ...(refused.length === 0
        ? []
        : [paragraph('Sent, and not shown:'), table(['Source', 'What', 'Why'], refused, 50)]),
      ...(unsaid.length === 0
        ? []
        : [
            paragraph('Shown in words only, since it was not sent in a form that can be passed on:'),
            table(
              ['What'],
              unsaid.map((one) => [one]),
              50,
            ),
          ]),
    ]),
  };
}
