/** Code systems as FHIR R4 names them (https://hl7.org/fhir/R4/terminologies-systems.html). */
export const SYSTEMS = {
  snomed: 'http://snomed.info/sct',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  loinc: 'http://loinc.org',
  icd10: 'http://hl7.org/fhir/sid/icd-10-cm',
  cvx: 'http://hl7.org/fhir/sid/cvx',
  actCode: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  actReason: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  confidentiality: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  ucum: 'http://unitsofmeasure.org',
} as const;

/** A code of a code system. */
export interface Code {
  readonly system: string;
  readonly code: string;
  readonly display: string;
}

/** A clinical idea with the codes a record gives it: FHIR's CodeableConcept, before it is FHIR. */
export interface Concept {
  readonly text: string;
  readonly codes: readonly Code[];
}

const coder =
  (system: string) =>
  (code: string, display: string): Code => ({ system, code, display });

/** Codes of one system each. */
export const snomed = coder(SYSTEMS.snomed);
export const rxnorm = coder(SYSTEMS.rxnorm);
export const loinc = coder(SYSTEMS.loinc);
export const icd10 = coder(SYSTEMS.icd10);
export const cvx = coder(SYSTEMS.cvx);

/** A concept with the text of its first code, or one of its own. */
export function concept(codes: readonly Code[], text?: string): Concept {
  return { text: text ?? codes[0]?.display ?? '', codes };
}
