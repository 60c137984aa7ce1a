import type { Patient, Reference, Resource } from '@medplum/fhirtypes';

import type { CoverageRow } from '../manifest/coverage-row.js';
import { isCoverageComplete } from '../manifest/coverage-statement.js';
import type { MergedRecord } from '../merge/merged-record.js';
import { systems } from '../terminology/code-systems.js';
import { notKnown } from './document-entry.js';

/** The required sections of IPS 1.1.0, by what is absent in them. */
export type AbsentThing = 'AllergyIntolerance' | 'Medication' | 'Condition';

interface AbsenceWords {
  readonly coverageTypes: readonly string[];
  readonly noneKnown: readonly [code: string, display: string];
  readonly noInformation: readonly [code: string, display: string];
}

/** http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips */
const WORDS: Readonly<Record<AbsentThing, AbsenceWords>> = {
  AllergyIntolerance: {
    coverageTypes: ['AllergyIntolerance'],
    noneKnown: ['no-known-allergies', 'No known allergies'],
    noInformation: ['no-allergy-info', 'No information about allergies'],
  },
  Medication: {
    coverageTypes: ['MedicationRequest', 'MedicationStatement'],
    noneKnown: ['no-known-medications', 'No known medications'],
    noInformation: ['no-medication-info', 'No information about medications'],
  },
  Condition: {
    coverageTypes: ['Condition'],
    noneKnown: ['no-known-problems', 'No known problems'],
    noInformation: ['no-problem-info', 'No information about problems'],
  },
};

/**
 * Whether "none known" may be said. It takes three things at once:
 *
 * - a source has said so itself: an empty list is no statement;
 * - every source that may be named has been looked at for this, and nothing of the kind was withheld or unreadable;
 * - nobody holds such a thing.
 *
 * Else it is "no information": the reader asks the patient, instead of trusting a blank (`docs/adr/0142`).
 */
export function mayClaimNoneKnown(thing: AbsentThing, record: MergedRecord, coverage: readonly CoverageRow[]): boolean {
  const { coverageTypes } = WORDS[thing];
  const [mainType = ''] = coverageTypes;
  const isSaid = record.absences.some(
    ({ about, said, scope }) => about === thing && said === 'none-known' && scope === 'all',
  );
  const isReadable = !record.refused.some(
    ({ resourceType, reason }) =>
      // Something that does not even say what it is may be anything.
      (resourceType === undefined || coverageTypes.includes(resourceType)) && reason !== 'superseded-version',
  );
  const isWithheld = coverage.some(({ status }) => status === 'filtered');
  return isSaid && isReadable && !isWithheld && isCoverageComplete(coverage, mainType);
}

/** The words of an empty required section. */
export function absenceWords(thing: AbsentThing, isNoneKnown: boolean): readonly [code: string, display: string] {
  return isNoneKnown ? WORDS[thing].noneKnown : WORDS[thing].noInformation;
}

/** The entry that IPS 1.1.0 requires in a section that holds nothing ("no-known-x" or "no-x-info"). */
export function absenceEntry(
  thing: AbsentThing,
  isNoneKnown: boolean,
  id: string,
  subject: Reference<Patient>,
): Resource {
  const [code, display] = absenceWords(thing, isNoneKnown);
  const said = { coding: [{ system: systems.absentOrUnknown, code, display }] };
  switch (thing) {
    case 'AllergyIntolerance':
      return {
        resourceType: thing,
        id,
        clinicalStatus: { coding: [{ system: systems.allergyClinical, code: 'active' }] },
        code: said,
        patient: subject,
      };
    case 'Condition':
      return {
        resourceType: thing,
        id,
        clinicalStatus: { coding: [{ system: systems.conditionClinical, code: 'active' }] },
        code: said,
        subject,
      };
    case 'Medication':
      return {
        resourceType: 'MedicationStatement',
        id,
        status: 'unknown',
        medicationCodeableConcept: said,
        _effectiveDateTime: notKnown,
        subject,
      } as Resource;
  }
}
