import type { AllergyIntolerance, Condition, MedicationRequest, MedicationStatement } from '@medplum/fhirtypes';

import { absenceStatement } from '../terminology/absence-statement.js';
import { compareSources, compareText, currentVersions, withoutRepeats } from './distinct-sources.js';
import { allergens, mergeAllergies } from './merge-allergies.js';
import { medicationOf, mergeMedications } from './merge-medications.js';
import { mergeOthers, otherName, otherTokens } from './merge-others.js';
import { mergeProblems, problemTokens } from './merge-problems.js';
import {
  type Absence,
  type ApartItem,
  type ClinicalResource,
  MERGE_RULES,
  type MergedRecord,
  type OtherResource,
  type Refusal,
  type Sourced,
} from './merged-record.js';
import { apartReason } from './resource-kinds.js';
import { conceptName } from './said.js';
import { readAnswer, type SourceAnswer } from './source-answer.js';

/**
 * Merges what several members know of one patient, with a bias to safety (see `docs/adr/0141`):
 *
 * - an allergy wins over "none known", and is as bad as the worst that anybody says of it;
 * - what was refuted or entered in error is shown apart, beside what it contradicts;
 * - medications that differ in dose or state keep both;
 * - every resource that was sent is in the answer, in one place, or in `refused` with a reason.
 *
 * Pure; the order of the answers and of the resources in them changes nothing.
 *
 * @example
 *   const record = mergeRecords([{ memberId: 'st-marys', name: "St. Mary's", retrievedAt, patient, resources }]);
 */
export function mergeRecords(answers: readonly SourceAnswer[]): MergedRecord {
  const read = answers.map(readAnswer);
  const { kept, refused } = currentVersions(withoutRepeats(read.flatMap(({ clinical }) => clinical)));

  const apart: ApartItem[] = [];
  const absences: Absence[] = [];
  const allergies: Sourced<AllergyIntolerance>[] = [];
  const medications: Sourced<MedicationRequest | MedicationStatement>[] = [];
  const problems: Sourced<Condition>[] = [];
  const others: Sourced<OtherResource>[] = [];

  for (const source of kept) {
    const reason = apartReason(source.resource);
    const absence = reason === undefined ? absenceOf(source) : undefined;
    if (reason !== undefined)
      apart.push({ reason, title: titleOf(source.resource), tokens: tokensOf(source.resource), source });
    else if (absence !== undefined) absences.push(absence);
    else if (isOf(source, 'AllergyIntolerance')) allergies.push(source);
    else if (isOf(source, 'MedicationRequest') || isOf(source, 'MedicationStatement')) medications.push(source);
    else if (isOf(source, 'Condition')) problems.push(source);
    else others.push(source as Sourced<OtherResource>);
  }
  apart.sort((a, b) => compareText(a.title, b.title) || compareSources(a.source, b.source));
  absences.sort((a, b) => compareText(a.about, b.about) || compareText(canonical(a), canonical(b)));

  return {
    transform: MERGE_RULES,
    patients: withoutRepeats(read.flatMap(({ patients }) => patients)).sort(compareSources),
    allergies: mergeAllergies(allergies, apart, absences),
    medications: mergeMedications(medications),
    problems: mergeProblems(problems, apart),
    others: mergeOthers(others),
    absences,
    apart,
    refused: [...read.flatMap((one) => one.refused), ...refused].sort((a, b) =>
      compareText(refusalKey(a), refusalKey(b)),
    ),
  };
}

function isOf<T extends ClinicalResource['resourceType']>(
  source: Sourced<ClinicalResource>,
  type: T,
): source is Sourced<Extract<ClinicalResource, { resourceType: T }>> {
  return source.resource.resourceType === type;
}

const ABOUT: Readonly<Partial<Record<ClinicalResource['resourceType'], Absence['about']>>> = {
  AllergyIntolerance: 'AllergyIntolerance',
  MedicationRequest: 'Medication',
  MedicationStatement: 'Medication',
  Condition: 'Condition',
  Device: 'Device',
  Immunization: 'Immunization',
  Procedure: 'Procedure',
};

function absenceOf({ resource, provenance }: Sourced<ClinicalResource>): Absence | undefined {
  const about = ABOUT[resource.resourceType];
  const statement = about === undefined ? undefined : absenceStatement(conceptOf(resource));
  return about === undefined || statement === undefined ? undefined : { about, ...statement, source: provenance };
}

function conceptOf(resource: ClinicalResource): Parameters<typeof absenceStatement>[0] {
  switch (resource.resourceType) {
    case 'AllergyIntolerance':
    case 'Condition':
    case 'Procedure':
      return resource.code;
    case 'MedicationRequest':
    case 'MedicationStatement':
      return resource.medicationCodeableConcept;
    case 'Device':
      return resource.type;
    case 'Immunization':
      return resource.vaccineCode;
    default:
      return undefined;
  }
}

function tokensOf(resource: ClinicalResource): readonly string[] {
  if (resource.resourceType === 'AllergyIntolerance') return allergens(resource).tokens;
  if (resource.resourceType === 'Condition') return problemTokens(resource);
  if (resource.resourceType === 'MedicationRequest' || resource.resourceType === 'MedicationStatement')
    return medicationOf(resource).tokens;
  return otherTokens(resource);
}

function titleOf(resource: ClinicalResource): string {
  const concept = conceptOf(resource);
  if (concept !== undefined) return conceptName(concept);
  return ABOUT[resource.resourceType] === undefined ? otherName(resource as OtherResource) : conceptName(undefined);
}

function canonical(value: Absence): string {
  return JSON.stringify([value.said, value.scope, value.source]);
}

function refusalKey({ memberName, memberId, resourceType = '', id = '', reason, expression = '' }: Refusal): string {
  return JSON.stringify([memberName, memberId, resourceType, id, reason, expression]);
}
