import { coverageReasons, type CoverageReason, coverageStatuses, type CoverageRow } from '../manifest/coverage-row.js';
import {
  countCoverage,
  coverageStatement,
  isCoverageComplete,
  quietSources,
  sourcesPhrase,
} from '../manifest/coverage-statement.js';
import type { Refusal } from '../merge/merged-record.js';
import { type Card, card, type CardContext } from './card.js';
import { bullets, markdownText } from './markdown.js';

/** Refusals that a clinician must know of: something of this patient is there and is not shown, or something was not of this patient. */
const TOLD: readonly Refusal['reason'][] = ['malformed', 'too-large', 'no-subject', 'wrong-patient'];

/** How far the answer reaches: always there, a warning as soon as a source is missing or something of it could not be shown. */
export function coverageCard(context: CardContext): Card {
  const { coverage, record, receipt } = context;
  const told = record.refused.filter(({ reason }) => TOLD.includes(reason));
  const quiet = quietSources(coverage);
  const { looked, sources } = countCoverage(coverage);
  const missing = `${sources - looked} of ${sources} ${sources === 1 ? 'source' : 'sources'} did not answer: ${quiet}`;
  const isWhole = isCoverageComplete(coverage) && told.length === 0;
  return card(context, 'coverage', isWhole ? 'info' : 'warning', {
    summary:
      sources === 0
        ? coverageStatement(coverage)
        : `${quiet === '' ? `${sourcesPhrase({ looked, sources })} answered` : missing}${unreadable(told)}`,
    detail: [
      markdownText(coverageStatement(coverage), 800),
      ...(coverage.length === 0 ? [] : [bullets(coverage.map(rowLine), 20)]),
      ...(told.length === 0 ? [] : ['Not shown:', bullets(told.map(refusalLine))]),
      ...(receipt === undefined ? [] : [receiptLine(receipt)]),
    ].join('\n\n'),
  });
}

function unreadable(told: readonly Refusal[]): string {
  if (told.length === 0) return '';
  return `; ${told.length} ${told.length === 1 ? 'entry' : 'entries'} not shown`;
}

function rowLine({ name, status, reason, counts, elapsedMs }: CoverageRow): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const why = Object.hasOwn(coverageReasons, reason) ? `: ${coverageReasons[reason as CoverageReason]}` : '';
  const entries = coverageStatuses[status].looked ? `, ${total} ${total === 1 ? 'entry' : 'entries'}` : '';
  return `**${markdownText(name, 80)}** ${coverageStatuses[status].said}${why}${entries}${elapsedMs === undefined ? '' : `, ${Math.round(elapsedMs)} ms`}`;
}

function refusalLine({ memberName, resourceType, reason }: Refusal): string {
  const what = resourceType === undefined ? 'an entry' : `an entry (${resourceType})`;
  const why =
    reason === 'wrong-patient'
      ? 'about another patient'
      : reason === 'no-subject'
        ? 'that names no patient'
        : 'that can not be read';
  return `**${markdownText(memberName, 80)}** sent ${what} ${why}`;
}

function receiptLine({ index, proofUrl }: NonNullable<CardContext['receipt']>): string {
  const proof = proofUrl === undefined ? '' : ` ([proof](<${proofUrl.replace(/[<>\s]/g, encodeURIComponent)}>))`;
  return `This disclosure is entry ${index} of the ledger${proof}.`;
}
