/**
 * Root of the identifiers that this project mints: code systems, extensions, identifier systems.
 *
 * `.example` is reserved (RFC 2606), so the identifiers can never be mistaken for somebody's real site; they are names, and
 * nothing is fetched from them.
 */
export const PROJECT = 'https://hie.example/fhir';

/** Code systems and identifier systems as FHIR R4 writes them (https://hl7.org/fhir/R4/terminologies-systems.html). */
export const systems = {
  snomed: 'http://snomed.info/sct',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  loinc: 'http://loinc.org',
  atc: 'http://www.whocc.no/atc',
  unii: 'http://fdasis.nlm.nih.gov',
  icd10: 'http://hl7.org/fhir/sid/icd-10',
  icd10cm: 'http://hl7.org/fhir/sid/icd-10-cm',
  absentOrUnknown: 'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips',
  allergyClinical: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical',
  allergyVerification: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification',
  conditionClinical: 'http://terminology.hl7.org/CodeSystem/condition-clinical',
  conditionVerification: 'http://terminology.hl7.org/CodeSystem/condition-ver-status',
  conditionCategory: 'http://terminology.hl7.org/CodeSystem/condition-category',
  consentScope: 'http://terminology.hl7.org/CodeSystem/consentscope',
  confidentiality: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  actCode: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  matchGrade: 'http://terminology.hl7.org/CodeSystem/match-grade',
  provenanceAgent: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type',
  dataOperation: 'http://terminology.hl7.org/CodeSystem/v3-DataOperation',
  uri: 'urn:ietf:rfc:3986',

  outcomeCode: `${PROJECT}/CodeSystem/outcome-code`,
  coverageStatus: `${PROJECT}/CodeSystem/coverage-status`,
  coverageReason: `${PROJECT}/CodeSystem/coverage-reason`,
  cardTopic: `${PROJECT}/CodeSystem/card-topic`,
  member: `${PROJECT}/NamingSystem/member`,
  document: `${PROJECT}/NamingSystem/document`,
  /** OAuth clients. */
  client: `${PROJECT}/NamingSystem/client`,
  /** Acting persons, as their members name them. */
  memberUser: `${PROJECT}/NamingSystem/member-user`,
  /** Services of the exchange. */
  service: `${PROJECT}/NamingSystem/service`,
  transaction: `${PROJECT}/NamingSystem/transaction`,
  /** SHA-256, base64url, of the bytes that were disclosed. */
  digest: `${PROJECT}/NamingSystem/disclosure-digest`,
  /** The ledger's pseudonym of a patient. */
  ledgerPatient: `${PROJECT}/NamingSystem/ledger-patient`,
  ledgerIndex: `${PROJECT}/NamingSystem/ledger-index`,
} as const;

/** Extensions of this project. Each is optional reading: nothing in an answer changes its meaning without them. */
export const extensions = {
  /** On an OperationOutcome issue of a coverage statement: the member it speaks of (valueIdentifier, system `member`). */
  coverageMember: `${PROJECT}/StructureDefinition/coverage-member`,
  /** On a Composition: the coverage statement, as a sentence (valueString). */
  coverageStatement: `${PROJECT}/StructureDefinition/coverage-statement`,
  /** On a Composition: the coverage manifest (valueReference to the contained OperationOutcome of `coverageOutcome`). */
  coverageOutcome: `${PROJECT}/StructureDefinition/coverage-outcome`,
  /** On a resource: the member that keeps it (valueIdentifier, system `member`). */
  custodian: `${PROJECT}/StructureDefinition/custodian`,
  /** On an AuditEvent: its index in the log (valueIdentifier: an index outgrows FHIR's integers). */
  ledgerIndex: `${PROJECT}/StructureDefinition/ledger-index`,
  /** On an AuditEvent: its RFC 6962 leaf hash (valueBase64Binary). */
  ledgerLeafHash: `${PROJECT}/StructureDefinition/ledger-leaf-hash`,
  /** On a searchset of AuditEvents: up to where it is true: `size` (valueIdentifier) and `checkpoint` (valueString). */
  ledgerExtent: `${PROJECT}/StructureDefinition/ledger-extent`,
} as const;
