import type {
  AllergyIntolerance,
  CodeableConcept,
  Condition,
  MedicationRequest,
  MedicationStatement,
} from '@medplum/fhirtypes';

import type { Caution, Dispute, Provenance, Sourced } from '../merge/merged-record.js';
import { doseText } from '../merge/dose-text.js';
import { conceptName } from '../merge/said.js';
import { systems } from '../terminology/code-systems.js';
import { day, markdownText, minute } from './markdown.js';

const SYSTEM_NAMES: Readonly<Record<string, string>> = {
  [systems.snomed]: 'SNOMED CT',
  [systems.rxnorm]: 'RxNorm',
  [systems.icd10]: 'ICD-10',
  [systems.icd10cm]: 'ICD-10-CM',
  [systems.atc]: 'ATC',
  [systems.unii]: 'UNII',
};

const CAUTIONS: Readonly<Record<Caution, string>> = {
  'modifier-not-understood': 'carries a modifier this exchange does not know; check at the source',
  'code-and-name-disagree': 'code and name disagree; check at the source',
  'partly-unreadable': 'could not be read in full',
  'medication-not-resolved': 'the medication was not sent along',
  'stranger-left-out': 'names another patient too, who is left out; check at the source',
};

const DISPUTES: Readonly<Record<Dispute['said'], string>> = {
  'none-known': 'records "no known allergies"',
  refuted: 'has refuted it',
  'entered-in-error': 'had entered it in error',
  inactive: 'calls it inactive',
  resolved: 'calls it resolved',
};

/** "**St. Mary** (recorded 2019-05-04, fetched 2026-03-01 08:00 UTC)" */
export function whoSays({ memberName, recordedAt, retrievedAt }: Provenance): string {
  const recorded = day(recordedAt);
  return `**${markdownText(memberName, 80)}** (${recorded === undefined ? '' : `recorded ${recorded}, `}fetched ${minute(retrievedAt)})`;
}

/** "Penicillin G \[RxNorm 7980\]": the name with its original coding. */
export function nameWithCode(concept: CodeableConcept | undefined, otherwise: string): string {
  const coding = concept?.coding?.find(
    ({ system, code }) => system !== undefined && code !== undefined && SYSTEM_NAMES[system] !== undefined,
  );
  const name = markdownText(conceptName(concept, otherwise));
  return coding === undefined
    ? name
    : `${name} \\[${SYSTEM_NAMES[coding.system ?? '']} ${markdownText(coding.code ?? '', 40)}\\]`;
}

function withCautions(line: string, cautions: readonly Caution[]): string {
  return cautions.length === 0 ? line : `${line} (${cautions.map((one) => CAUTIONS[one]).join('; ')})`;
}

export function allergyLine({ resource, provenance, cautions }: Sourced<AllergyIntolerance>): string {
  const { code, criticality, reaction = [], verificationStatus, clinicalStatus } = resource;
  const reactions = reaction.map(({ manifestation = [], severity }) => {
    const names = manifestation.map((one) => markdownText(conceptName(one, ''))).filter((name) => name !== '');
    return [names.join(', '), severity === undefined ? '' : `(${markdownText(severity, 20)})`]
      .filter((part) => part !== '')
      .join(' ');
  });
  const parts = [
    nameWithCode(code, 'allergy to something not stated'),
    ...(criticality === undefined ? [] : [`criticality ${markdownText(criticality, 20)}`]),
    ...reactions.filter((part) => part !== ''),
    ...[verificationStatus, clinicalStatus]
      .map((one) => one?.coding?.[0]?.code)
      .filter((one) => one !== undefined)
      .map((one) => markdownText(one, 30)),
  ];
  return withCautions(`${whoSays(provenance)}: ${parts.join('; ')}`, cautions);
}

export function orderLine({
  resource,
  provenance,
  cautions,
}: Sourced<MedicationRequest | MedicationStatement>): string {
  const dose = doseText(resource);
  const parts = [
    nameWithCode(resource.medicationCodeableConcept, 'medication not stated'),
    ...(dose === undefined ? [] : [markdownText(dose)]),
    ...(resource.status === undefined ? [] : [markdownText(resource.status, 30)]),
  ];
  return withCautions(`${whoSays(provenance)}: ${parts.join('; ')}`, cautions);
}

export function problemLine({ resource, provenance, cautions }: Sourced<Condition>): string {
  const status = resource.clinicalStatus?.coding?.[0]?.code;
  const parts = [
    nameWithCode(resource.code, 'problem not stated'),
    ...(status === undefined ? [] : [markdownText(status, 30)]),
  ];
  return withCautions(`${whoSays(provenance)}: ${parts.join('; ')}`, cautions);
}

/** "**Conflict:** Harbor (fetched ...) records "no known allergies"." */
export function disputeLine({ said, source }: Dispute): string {
  return `**Conflict:** ${whoSays(source)} ${DISPUTES[said]}.`;
}
