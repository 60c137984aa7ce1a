import type { CoverageRow } from '../manifest/coverage-row.js';
import { coverageStatement } from '../manifest/coverage-statement.js';
import type {
  ApartItem,
  ClinicalResource,
  MergedItem,
  MergedRecord,
  OtherKind,
  Said,
  Sourced,
} from '../merge/merged-record.js';
import { listed } from '../terminology/plain-text.js';
import { type AbsentThing, absenceWords } from './absence-entry.js';
import { paragraph, table } from './narrative.js';

/** One section of the summary: what it holds, and its words. */
export interface SummarySection {
  readonly title: string;
  readonly loinc: string;
  readonly display: string;
  /** For the sections that IPS requires: what is absent when it is empty. */
  readonly absent?: AbsentThing;
  readonly items: readonly MergedItem<ClinicalResource>[];
  /** XHTML blocks. */
  readonly blocks: readonly string[];
}

/** Laboratory results and reports beyond the newest are left to a search: a summary is read. */
export const MOST_RESULTS = 100;

/**
 * The sections of IPS 1.1.0 (Composition-uv-ips) that this exchange can fill: Problems, Allergies and Medications always, the others when
 * there is something. Every section says for itself how many sources it rests on, and shows contradictions where they are.
 *
 * @param noneKnown which of the required sections may say "none known" when they are empty
 */
export function summarySections(
  record: MergedRecord,
  coverage: readonly CoverageRow[],
  noneKnown: ReadonlySet<AbsentThing>,
): SummarySection[] {
  const others = (...kinds: OtherKind[]): MergedRecord['others'] =>
    record.others.filter(({ kind }) => kinds.includes(kind));
  const active = record.problems.filter(({ status }) => status === 'active');
  const past = record.problems.filter(({ status }) => status === 'inactive');
  const results = others('result', 'report').toSorted((a, b) => ((b.on ?? '') > (a.on ?? '') ? 1 : -1));
  const said = (type: string): string => paragraph(coverageStatement(coverage, type));
  const emptyWords = (thing: AbsentThing, items: readonly unknown[]): string[] =>
    items.length > 0 ? [] : [paragraph(`${absenceWords(thing, noneKnown.has(thing))[1]}.`)];

  const required: SummarySection[] = [
    {
      title: 'Problems',
      loinc: '11450-4',
      display: 'Problem list - Reported',
      absent: 'Condition',
      items: active,
      blocks: [
        ...emptyWords('Condition', active),
        table(
          ['Problem', 'Since', 'Contradicted by', 'Sources'],
          active.map((item) => [item.title, earliest(item), contradictions(item.disputes), sourcesOf(item)]),
        ),
        ...apartBlock(record.apart, ['Condition']),
        said('Condition'),
      ],
    },
    {
      title: 'Allergies and Intolerances',
      loinc: '48765-2',
      display: 'Allergies and adverse reactions Document',
      absent: 'AllergyIntolerance',
      items: record.allergies,
      blocks: [
        ...emptyWords('AllergyIntolerance', record.allergies),
        table(
          ['Allergy', 'Status', 'Severity', 'Reactions', 'Contradicted by', 'Sources'],
          record.allergies.map((item) => [
            item.title,
            item.status,
            item.grade,
            listed(item.reactions.map((one) => one.said)),
            contradictions(item.disputes),
            sourcesOf(item),
          ]),
        ),
        ...apartBlock(record.apart, ['AllergyIntolerance']),
        said('AllergyIntolerance'),
      ],
    },
    {
      title: 'Medications',
      loinc: '10160-0',
      display: 'History of Medication use Narrative',
      absent: 'Medication',
      items: record.medications,
      blocks: [
        ...emptyWords('Medication', record.medications),
        table(
          ['Medication', 'State', 'Dose', 'Sources'],
          record.medications.map((item) => [
            item.prohibited ? `NOT to be given: ${item.title}` : item.title,
            item.statuses.length > 1 ? `sources disagree: ${sayings(item.statuses)}` : item.state,
            item.doses.length > 1 ? `doses differ: ${sayings(item.doses)}` : (item.doses[0]?.said ?? ''),
            sourcesOf(item),
          ]),
        ),
        ...apartBlock(record.apart, ['MedicationRequest', 'MedicationStatement']),
        said('MedicationRequest'),
      ],
    },
  ];
  const optional: SummarySection[] = [
    listSection('Advance Directives', '42348-3', 'Advance directives', others('directive')),
    listSection('Medical Devices', '46264-8', 'History of medical device use', others('device')),
    listSection('Immunizations', '11369-6', 'History of Immunization Narrative', others('immunization')),
    listSection('Procedures', '47519-4', 'History of Procedures Document', others('procedure')),
    listSection(
      'Results',
      '30954-2',
      'Relevant diagnostic tests/laboratory data Narrative',
      results.slice(0, MOST_RESULTS),
      results.length,
    ),
    listSection('Past Illness', '11348-0', 'History of Past illness Narrative', past),
  ];
  return [...required, ...optional.filter(({ items }) => items.length > 0)];
}

function listSection(
  title: string,
  loinc: string,
  display: string,
  items: readonly (MergedItem<ClinicalResource> & { readonly on?: string })[],
  all = items.length,
): SummarySection {
  const rows = items.map((item) => [item.title, item.on?.slice(0, 10) ?? earliest(item), sourcesOf(item)]);
  const rest = all > items.length ? [paragraph(`The newest ${items.length} of ${all}.`)] : [];
  return { title, loinc, display, items, blocks: [table(['What', 'When', 'Sources'], rows), ...rest] };
}

/** What was recorded and since refuted or found to be a mistake: said, and not among the entries, where it could be read as true. */
function apartBlock(apart: readonly ApartItem[], types: readonly string[]): string[] {
  const rows = apart
    .filter(({ source }) => types.includes(source.resource.resourceType))
    .map(({ title, reason, source }) => [title, reason.replaceAll('-', ' '), source.provenance.memberName]);
  return rows.length === 0 ? [] : [paragraph('Recorded, and not counted:'), table(['What', 'Why', 'Source'], rows)];
}

function sourcesOf({ sources }: MergedItem<ClinicalResource>): string {
  return listed([...new Set(sources.map(({ provenance }) => provenance.memberName))], 4);
}

function earliest({ sources }: MergedItem<ClinicalResource>): string {
  const dates = sources.map((source) => onsetOf(source)).filter((one) => one !== undefined);
  return dates.sort()[0]?.slice(0, 10) ?? '';
}

function onsetOf({ resource, provenance }: Sourced<ClinicalResource>): string | undefined {
  return (resource.resourceType === 'Condition' ? resource.onsetDateTime : undefined) ?? provenance.recordedAt;
}

function contradictions(disputes: MergedRecord['allergies'][number]['disputes']): string {
  return listed(
    disputes.map(({ said, source }) => `${source.memberName} (${said.replaceAll('-', ' ')})`),
    4,
  );
}

function sayings(all: readonly Said[]): string {
  return all.map(({ said, by }) => `${said} (${listed(by, 3)})`).join('; ');
}
