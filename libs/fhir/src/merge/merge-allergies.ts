import type { AllergyIntolerance, CodeableConcept } from '@medplum/fhirtypes';

import { allergyGrade, allergyGrades, threatensLife, worstGrade } from '../terminology/allergy-severity.js';
import { systems } from '../terminology/code-systems.js';
import { drugClassById } from '../terminology/drug-classes.js';
import { allergenMeaning, type SubstanceMeaning } from '../terminology/substance-meaning.js';
import { compareItems, inOrder, tokensOrIdentity, withoutCopies } from './distinct-sources.js';
import { groupByToken } from './group-by-token.js';
import type { Absence, ApartItem, Dispute, MergedAllergy, Said, Sourced } from './merged-record.js';
import { codeIn } from './resource-kinds.js';
import { commonTitle, conceptName, sayings } from './said.js';

type Source = Sourced<AllergyIntolerance>;

const SEVERITIES = ['severe', 'moderate', 'mild'] as const;
/** "Can't be assessed" stands above "low": nobody said that it is low. */
const CRITICALITIES = ['high', 'unable-to-assess', 'low'] as const;
const STATUSES = ['active', 'inactive', 'resolved'] as const;

/** What an allergy is against: its code, and the substances of its reactions where the code only says "an allergy". */
export function allergens({ code, reaction = [] }: AllergyIntolerance): SubstanceMeaning {
  const meaning = allergenMeaning(code === undefined ? [] : [code]);
  if (meaning.tokens.length > 0) return meaning;
  const substances = reaction
    .map(({ substance }) => substance)
    .filter((one): one is CodeableConcept => one !== undefined);
  return substances.length === 0 ? meaning : allergenMeaning(substances);
}

/**
 * One item an allergy, with the worst that any source says, and everybody who contradicts it.
 *
 * An allergy always wins over "no known allergies", over a refutation elsewhere and over a milder account: a warning that turns out
 * needless costs a question, one that is missing costs a life. What contradicts it is shown with it.
 */
export function mergeAllergies(
  sources: readonly Source[],
  apart: readonly ApartItem[],
  absences: readonly Absence[],
): MergedAllergy[] {
  const meanings = new Map(sources.map((source) => [source, allergens(source.resource)]));
  const groups = groupByToken(sources, (source) => tokensOrIdentity(meanings.get(source)?.tokens ?? [], source));
  return inOrder(
    groups.map(({ members, tokens }) => mergeOne(members, tokens, meanings, apart, absences)),
    compareAllergies,
  );
}

function mergeOne(
  members: readonly Source[],
  tokens: readonly string[],
  meanings: ReadonlyMap<Source, SubstanceMeaning>,
  apart: readonly ApartItem[],
  absences: readonly Absence[],
): MergedAllergy {
  const classes = [...new Set(members.flatMap((one) => meanings.get(one)?.classes ?? []))].sort();
  const sources = withoutCopies(members.map((one) => withDoubt(one, meanings.get(one))));
  const resources = sources.map(({ resource }) => resource);
  const criticality = CRITICALITIES.find((level) => resources.some((one) => one.criticality === level));
  const severity = SEVERITIES.find((level) =>
    resources.some(({ reaction = [] }) => reaction.some((one) => one.severity === level)),
  );
  const statuses = resources.map(statusOf);
  const status = STATUSES.find((one) => statuses.includes(one)) ?? 'active';

  const classId = tokens.find((token) => token.startsWith('class:'))?.slice('class:'.length);
  const classTitle = classId === undefined ? undefined : drugClassById(classId)?.title;
  return {
    key: tokens[0] ?? 'nameless',
    title: commonTitle(resources.map(allergyName), classTitle),
    tokens,
    sources,
    grade: worstGrade(resources.map(allergyGrade)),
    ...(criticality !== undefined && { criticality }),
    ...(severity !== undefined && { severity }),
    reactions: worstFirst(sayings(sources, ({ resource }) => reactionsOf(resource))),
    status,
    classes,
    disputes: [
      ...sources.flatMap(({ provenance }, at) => statusDispute(statuses[at], status, provenance)),
      ...apart.flatMap((one) => apartDispute(one, tokens)),
      ...absences
        .filter((one) => denies(one, resources))
        .map(({ source }): Dispute => ({ said: 'none-known', source })),
    ],
  };
}

function withDoubt(source: Source, meaning: SubstanceMeaning | undefined): Source {
  return meaning?.codeAndNameDisagree === true
    ? { ...source, cautions: [...source.cautions, 'code-and-name-disagree'] }
    : source;
}

function allergyName({ code, reaction = [] }: AllergyIntolerance): string {
  const substance = reaction.find((one) => one.substance !== undefined)?.substance;
  return conceptName(code, conceptName(substance, 'Allergy to something not stated'));
}

function worstFirst(reactions: readonly Said[]): Said[] {
  return reactions.toSorted((a, b) => Number(threatensLife(b.said)) - Number(threatensLife(a.said)));
}

function reactionsOf({ reaction = [] }: AllergyIntolerance): string[] {
  return reaction.flatMap(({ manifestation = [], description }) => {
    const names = manifestation.map((one) => conceptName(one, '')).filter((name) => name !== '');
    return names.length > 0 || description === undefined
      ? names
      : [conceptName({ text: description }, '')].filter((name) => name !== '');
  });
}

function statusOf({ clinicalStatus }: AllergyIntolerance): MergedAllergy['status'] {
  const code = codeIn(clinicalStatus, systems.allergyClinical);
  return code === 'inactive' || code === 'resolved' ? code : 'active';
}

function statusDispute(said: MergedAllergy['status'] | undefined, shown: string, source: Dispute['source']): Dispute[] {
  return said === undefined || said === shown || said === 'active' ? [] : [{ said, source }];
}

function apartDispute({ reason, tokens, source }: ApartItem, itemTokens: readonly string[]): Dispute[] {
  if ((reason !== 'refuted' && reason !== 'entered-in-error') || source.resource.resourceType !== 'AllergyIntolerance')
    return [];
  return tokens.some((token) => itemTokens.includes(token)) ? [{ said: reason, source: source.provenance }] : [];
}

/** Whether an absence speaks against these: "no known food allergies" does not deny a drug allergy; an uncategorised one may be either. */
function denies({ about, said, scope }: Absence, resources: readonly AllergyIntolerance[]): boolean {
  if (about !== 'AllergyIntolerance' || said !== 'none-known' || scope === 'other') return false;
  if (scope === 'all') return true;
  const categories = resources.flatMap(({ category = [] }) => category);
  const own = scope === 'medication' ? ['medication', 'biologic'] : [scope];
  return categories.length === 0 || own.some((one) => categories.includes(one as (typeof categories)[number]));
}

function compareAllergies(a: MergedAllergy, b: MergedAllergy): number {
  return (
    STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status) ||
    allergyGrades.indexOf(a.grade) - allergyGrades.indexOf(b.grade) ||
    compareItems(a, b)
  );
}
