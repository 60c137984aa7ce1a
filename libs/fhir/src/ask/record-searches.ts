import { systems } from '../terminology/code-systems.js';

export type SearchStage = 'critical' | 'rest';

/** One FHIR search that a member is asked, apart from whose records it is about. */
export interface RecordSearch {
  readonly stage: SearchStage;
  /** R4 resource type. */
  readonly type: string;
  /** Further parameters, ready to stand in a query string. */
  readonly filter: string;
  /**
   * `shall`: US Core 6.1.0 makes every server support it, so a refusal means that this type has not been looked at.
   * `should`: asked for what it may bring; a refusal says nothing about coverage.
   */
  readonly support: 'shall' | 'should';
}

const search = (
  stage: SearchStage,
  type: string,
  filter = '',
  support: RecordSearch['support'] = 'shall',
): RecordSearch => ({
  stage,
  type,
  filter,
  support,
});

const ADVANCE_DIRECTIVE_TYPES = [
  '42348-3',
  '75320-2',
  '86533-7',
  '92664-2',
  '64298-3',
  '81334-5',
  '78823-2',
  '93037-0',
];
const token = (system: string, code: string): string => encodeURIComponent(`${system}|${code}`);
const withMedication = (type: string): string => `_include=${type}:medication`;

/**
 * What members are asked, in the order of what a clinician must see first (DESIGN.md: allergies and intolerances, active medications,
 * problems, implants, advance directives), then the rest.
 *
 * Source: US Core 6.1.0 CapabilityStatement (patient; patient+intent+status; patient+category; patient+clinical-status as SHOULD)
 * and its medication list guidance: `intent=order` finds what was ordered, `intent=plan` what a patient reports.
 *
 * - Paused orders are asked for with the active ones: an anticoagulant on hold still matters in an emergency.
 * - Problems are asked for twice. Systems that have no problem list (or put no category on anything) are found by status alone.
 * - Advance directives stand as Consent of scope `adr` in R4, and in most systems as scanned documents of these LOINC types.
 */
export const recordSearches: readonly RecordSearch[] = [
  search('critical', 'AllergyIntolerance'),
  search(
    'critical',
    'MedicationRequest',
    `intent=order,plan&status=active,on-hold&${withMedication('MedicationRequest')}`,
  ),
  search(
    'critical',
    'MedicationStatement',
    `status=active,intended,on-hold&${withMedication('MedicationStatement')}`,
    'should',
  ),
  search('critical', 'Condition', 'category=problem-list-item'),
  search('critical', 'Condition', 'clinical-status=active,recurrence,relapse', 'should'),
  search('critical', 'Device'),
  search('critical', 'Consent', `scope=${token(systems.consentScope, 'adr')}`, 'should'),
  search(
    'critical',
    'DocumentReference',
    `type=${ADVANCE_DIRECTIVE_TYPES.map((code) => token(systems.loinc, code)).join(',')}`,
  ),

  search(
    'rest',
    'MedicationRequest',
    `intent=order,plan&status=completed,stopped,cancelled,entered-in-error&${withMedication('MedicationRequest')}`,
  ),
  search(
    'rest',
    'MedicationStatement',
    `status=completed,stopped,not-taken,entered-in-error&${withMedication('MedicationStatement')}`,
    'should',
  ),
  search('rest', 'Condition'),
  search('rest', 'Immunization'),
  search('rest', 'Procedure'),
  search('rest', 'DiagnosticReport', 'category=LAB'),
  search('rest', 'Observation', 'category=laboratory'),
  search('rest', 'Encounter'),
  search('rest', 'DocumentReference'),
];

/** Whether a document or consent of this LOINC type is an advance directive. */
export function isAdvanceDirectiveType(loincCode: string): boolean {
  return ADVANCE_DIRECTIVE_TYPES.includes(loincCode);
}

/** The searches of one stage, for the types asked about (all of them when none is named). */
export function searchesOf(stage: SearchStage, types: readonly string[] = []): readonly RecordSearch[] {
  return recordSearches.filter((one) => one.stage === stage && (types.length === 0 || types.includes(one.type)));
}
