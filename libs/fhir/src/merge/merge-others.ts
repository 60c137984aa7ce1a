import type { CodeableConcept } from '@medplum/fhirtypes';

import { foldWords } from '../terminology/plain-text.js';
import { conceptTokens } from '../terminology/substance-meaning.js';
import { compareItems, compareText, inOrder, tokensOrIdentity, withoutCopies } from './distinct-sources.js';
import { groupByToken } from './group-by-token.js';
import type { MergedOther, OtherKind, OtherResource, Sourced } from './merged-record.js';
import { otherKind } from './resource-kinds.js';
import { commonTitle, conceptName } from './said.js';

/** Kinds in the order in which they are read. */
const KINDS: readonly OtherKind[] = [
  'device',
  'directive',
  'immunization',
  'procedure',
  'report',
  'result',
  'vital-sign',
  'observation',
  'encounter',
  'document',
];

/** Gathers what is not weighed: one item a thing on one day, with every source. */
export function mergeOthers(sources: readonly Sourced<OtherResource>[]): MergedOther[] {
  const groups = groupByToken(sources, (source) => tokensOrIdentity(otherTokens(source.resource), source));
  return inOrder(
    groups.map(({ members, tokens }) => mergeOne(members, tokens)),
    compareOthers,
  );
}

/**
 * What makes two entries one. Implants and documents by their own identifiers, everything that happened by what and when. An
 * identifier that is there outweighs the rest: two pacemakers of one make with two serial numbers are two pacemakers.
 */
export function otherTokens(resource: OtherResource): string[] {
  const kind = otherKind(resource) ?? '';
  const identity = identityOf(resource);
  if (identity !== undefined) return [`${kind} ${identity}`];
  if (kind === 'encounter' || kind === 'document' || kind === 'directive') return [];
  const about = [namedBy(resource)].filter((one) => one !== undefined);
  const on = dayOf(resource) ?? '';
  return conceptTokens(about).map((token) => `${kind} ${token} ${on} ${valueOf(resource)}`.trimEnd());
}

/** The name of an entry of the other kinds. */
export function otherName(resource: OtherResource): string {
  if (resource.resourceType === 'Device') {
    return conceptName(resource.type, conceptName({ text: resource.deviceName?.[0]?.name ?? '' }, 'Device not stated'));
  }
  if (otherKind(resource) === 'directive') return directiveName(resource);
  return conceptName(
    namedBy(resource),
    resource.resourceType === 'DocumentReference' ? 'Document' : resource.resourceType,
  );
}

/** Words that only say that it is an advance directive, and not what the patient decided. */
const ANY_DIRECTIVE = /^(?:patient )?(?:advance|advanced) (?:health ?care |care )?directives?$/;

/** "Do not attempt resuscitation" sooner than "Advance directive": what was decided stands in different elements at different members. */
function directiveName(resource: OtherResource): string {
  const candidates =
    resource.resourceType === 'Consent'
      ? [resource.policyRule, ...(resource.category ?? []), { text: resource.sourceAttachment?.title ?? '' }]
      : resource.resourceType === 'DocumentReference'
        ? [
            { text: resource.description ?? '' },
            resource.type,
            ...(resource.content ?? []).map(({ attachment }) => ({ text: attachment?.title ?? '' })),
          ]
        : [];
  const names = candidates.filter(hasWords).map((one) => conceptName(one, ''));
  return names.find((name) => name !== '' && !ANY_DIRECTIVE.test(foldWords(name))) ?? 'Advance directive';
}

function hasWords(concept: CodeableConcept | undefined): boolean {
  return concept?.text !== undefined || (concept?.coding ?? []).some(({ display }) => display !== undefined);
}

function namedBy(resource: OtherResource): CodeableConcept | undefined {
  switch (resource.resourceType) {
    case 'Device':
    case 'DocumentReference':
      return resource.type;
    case 'Immunization':
      return resource.vaccineCode;
    case 'Consent':
      return resource.category?.[0];
    case 'Encounter':
      return resource.type?.[0];
    default:
      return resource.code;
  }
}

/** When it happened, as the source wrote it. */
export function happenedOn(resource: OtherResource): string | undefined {
  switch (resource.resourceType) {
    case 'Immunization':
      return resource.occurrenceDateTime ?? resource.occurrenceString;
    case 'Procedure':
      return resource.performedDateTime ?? resource.performedPeriod?.start ?? resource.performedString;
    case 'Observation':
    case 'DiagnosticReport':
      return resource.effectiveDateTime ?? resource.effectivePeriod?.start ?? resource.issued;
    case 'Consent':
      return resource.dateTime;
    case 'DocumentReference':
      return resource.date;
    case 'Encounter':
      return resource.period?.start;
    case 'Device':
      return undefined;
  }
}

function dayOf(resource: OtherResource): string | undefined {
  return happenedOn(resource)?.slice(0, 10);
}

function identityOf(resource: OtherResource): string | undefined {
  if (resource.resourceType === 'Device') {
    const { serialNumber, udiCarrier, distinctIdentifier } = resource;
    const udi = udiCarrier
      ?.map(({ carrierHRF, deviceIdentifier }) => carrierHRF ?? deviceIdentifier)
      .find((one) => one !== undefined);
    return udi === undefined && serialNumber === undefined && distinctIdentifier === undefined
      ? undefined
      : [udi ?? '', serialNumber ?? distinctIdentifier ?? ''].join(' ').trim();
  }
  if (resource.resourceType === 'DocumentReference') {
    const hash = resource.content?.map(({ attachment }) => attachment?.hash).find((one) => one !== undefined);
    const { system = '', value } = resource.masterIdentifier ?? {};
    return value === undefined ? hash : `${system}|${value}`;
  }
  return undefined;
}

/** Two results of one test on one day are one only when they are equal. */
function valueOf(resource: OtherResource): string {
  if (resource.resourceType !== 'Observation') return '';
  const { valueQuantity, valueCodeableConcept, valueString, valueInteger, valueBoolean } = resource;
  if (valueQuantity !== undefined)
    return `${valueQuantity.value ?? ''} ${valueQuantity.unit ?? valueQuantity.code ?? ''}`;
  if (valueCodeableConcept !== undefined) return conceptName(valueCodeableConcept, '');
  return String(valueString ?? valueInteger ?? valueBoolean ?? '');
}

function mergeOne(members: readonly Sourced<OtherResource>[], tokens: readonly string[]): MergedOther {
  const sources = withoutCopies(members);
  const [first] = sources as [Sourced<OtherResource>];
  const on = sources.map(({ resource }) => happenedOn(resource)).find((one) => one !== undefined);
  return {
    key: tokens[0] ?? 'nameless',
    title: commonTitle(sources.map(({ resource }) => otherName(resource))),
    tokens,
    sources,
    kind: otherKind(first.resource) ?? 'observation',
    ...(on !== undefined && { on }),
  };
}

/** By kind, the latest first. */
function compareOthers(a: MergedOther, b: MergedOther): number {
  return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || compareText(b.on ?? '', a.on ?? '') || compareItems(a, b);
}
