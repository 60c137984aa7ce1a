import type { ClinicalResource } from '../merge/merged-record.js';
import { systems } from '../terminology/code-systems.js';
import {
  annotation,
  boolean,
  codeOf,
  concept,
  date,
  dateTime,
  identifier,
  instant,
  integer,
  list,
  object,
  oneOf,
  period,
  quantity,
  reference,
  repeat,
  type StrictShape,
  text,
} from './strict-shape.js';

const VERIFICATION = 'unconfirmed presumed confirmed refuted entered-in-error';
const CONDITION_VERIFICATION = 'unconfirmed provisional differential confirmed refuted entered-in-error';
const OBSERVATION_CATEGORIES = 'social-history vital-signs imaging laboratory procedure survey exam therapy activity';

const dosage = object({
  text,
  asNeededBoolean: boolean,
  route: concept,
  timing: object({ repeat }),
  doseAndRate: list(object({ doseQuantity: quantity })),
});
const value = {
  valueQuantity: quantity,
  valueCodeableConcept: concept,
  valueString: text,
  valueInteger: integer,
  valueBoolean: boolean,
} as const satisfies Record<string, StrictShape>;

/**
 * What of a member's resource goes into a patient summary: elements of IPS 1.1.0 and of R4 that stand for themselves, each in its right
 * form. References to what is not in the document, extensions and narratives stay behind. Required ones are listed last: without
 * them the entry is in the narrative only.
 */
export const entryShapes: Readonly<Record<Exclude<ClinicalResource['resourceType'], 'Encounter'>, StrictShape>> = {
  AllergyIntolerance: object({
    clinicalStatus: codeOf(systems.allergyClinical, 'active inactive resolved'),
    verificationStatus: codeOf(systems.allergyVerification, VERIFICATION),
    type: oneOf('allergy intolerance'),
    category: list(oneOf('food medication environment biologic')),
    criticality: oneOf('low high unable-to-assess'),
    code: concept,
    onsetDateTime: dateTime,
    recordedDate: dateTime,
    lastOccurrence: dateTime,
    note: list(annotation),
    reaction: list(
      object(
        {
          substance: concept,
          manifestation: list(concept),
          description: text,
          onset: dateTime,
          severity: oneOf('mild moderate severe'),
        },
        'manifestation',
      ),
    ),
  }),
  Condition: object(
    {
      clinicalStatus: codeOf(systems.conditionClinical, 'active recurrence relapse inactive remission resolved'),
      verificationStatus: codeOf(systems.conditionVerification, CONDITION_VERIFICATION),
      category: list(codeOf(systems.conditionCategory, 'problem-list-item encounter-diagnosis')),
      severity: concept,
      code: concept,
      onsetDateTime: dateTime,
      onsetPeriod: period,
      onsetString: text,
      abatementDateTime: dateTime,
      recordedDate: dateTime,
      note: list(annotation),
    },
    'code',
  ),
  MedicationRequest: object(
    {
      status: oneOf('active on-hold cancelled completed entered-in-error stopped draft unknown'),
      intent: oneOf('proposal plan order original-order reflex-order filler-order instance-order option'),
      doNotPerform: boolean,
      medicationCodeableConcept: concept,
      authoredOn: dateTime,
      note: list(annotation),
      dosageInstruction: list(dosage),
    },
    'status',
    'intent',
    'medicationCodeableConcept',
  ),
  MedicationStatement: object(
    {
      status: oneOf('active completed entered-in-error intended stopped on-hold unknown not-taken'),
      medicationCodeableConcept: concept,
      effectiveDateTime: dateTime,
      effectivePeriod: period,
      dateAsserted: dateTime,
      note: list(annotation),
      dosage: list(dosage),
    },
    'status',
    'medicationCodeableConcept',
  ),
  Device: object({
    status: oneOf('active inactive entered-in-error unknown'),
    distinctIdentifier: text,
    manufacturer: text,
    manufactureDate: dateTime,
    expirationDate: dateTime,
    lotNumber: text,
    serialNumber: text,
    modelNumber: text,
    deviceName: list(
      object(
        {
          name: text,
          type: oneOf('udi-label-name user-friendly-name patient-reported-name manufacturer-name model-name other'),
        },
        'name',
        'type',
      ),
    ),
    type: concept,
    note: list(annotation),
  }),
  Immunization: object(
    {
      status: oneOf('completed entered-in-error not-done'),
      vaccineCode: concept,
      occurrenceDateTime: dateTime,
      occurrenceString: text,
      recorded: dateTime,
      lotNumber: text,
      site: concept,
      note: list(annotation),
    },
    'status',
    'vaccineCode',
  ),
  Procedure: object(
    {
      status: oneOf('preparation in-progress not-done on-hold stopped completed entered-in-error unknown'),
      code: concept,
      performedDateTime: dateTime,
      performedPeriod: period,
      performedString: text,
      bodySite: list(concept),
      note: list(annotation),
    },
    'status',
    'code',
  ),
  Observation: object(
    {
      status: oneOf('registered preliminary final amended corrected cancelled entered-in-error unknown'),
      category: list(codeOf('http://terminology.hl7.org/CodeSystem/observation-category', OBSERVATION_CATEGORIES)),
      code: concept,
      effectiveDateTime: dateTime,
      effectivePeriod: period,
      issued: instant,
      ...value,
      interpretation: list(concept),
      note: list(annotation),
      component: list(
        object({ code: concept, valueQuantity: quantity, valueCodeableConcept: concept, valueString: text }, 'code'),
      ),
      hasMember: list(reference),
    },
    'status',
    'code',
  ),
  DiagnosticReport: object(
    {
      status: oneOf(
        'registered partial preliminary final amended corrected appended cancelled entered-in-error unknown',
      ),
      category: list(concept),
      code: concept,
      effectiveDateTime: dateTime,
      effectivePeriod: period,
      issued: instant,
      conclusion: text,
      result: list(reference),
    },
    'status',
    'code',
  ),
  Consent: object(
    {
      status: oneOf('draft proposed active rejected inactive entered-in-error'),
      scope: codeOf(systems.consentScope, 'adr'),
      category: list(concept),
      dateTime,
      policyRule: concept,
    },
    'status',
    'scope',
    'category',
  ),
  DocumentReference: object(
    {
      masterIdentifier: identifier,
      status: oneOf('current superseded entered-in-error'),
      type: concept,
      date: instant,
      description: text,
      content: list(object({ attachment: object({ contentType: text, title: text, creation: date }) }, 'attachment')),
    },
    'status',
    'content',
  ),
};
