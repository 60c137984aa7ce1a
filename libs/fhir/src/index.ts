export { askedSearches, type AskedSearch, batchRequest, type BatchOptions, searchUrl } from './ask/batch-request.js';
export { countsOf, type MemberAnswer, readBatchResponse, readSearchsets } from './ask/member-answer.js';
export { patientParameter, patientSearch, type RecordKey } from './ask/record-key.js';
export { recordSearches, type RecordSearch, searchesOf, type SearchStage } from './ask/record-searches.js';
export { arrivalCards } from './cards/arrival-cards.js';
export { type Card, type CardContext, type CardTopic, cardTopics } from './cards/card.js';
export {
  arrivalHooks,
  type CdsRequest,
  type CdsService,
  patientArrival,
  type ReadCdsRequest,
  readCdsRequest,
} from './cards/cds-request.js';
export { lateCards } from './cards/late-cards.js';
export { ipsDocument, type IpsRequest } from './ips/ips-document.js';
export { type LateChange, type LateChangeCode, lateDiff } from './late/late-diff.js';
export { coverageOutcome } from './manifest/coverage-outcome.js';
export {
  type CoverageReason,
  coverageReasons,
  type CoverageRow,
  type CoverageStatus,
  coverageStatuses,
  hasLooked,
  type HeldCoverageRow,
} from './manifest/coverage-row.js';
export {
  type CoverageCount,
  countCoverage,
  coverageStatement,
  isCoverageComplete,
} from './manifest/coverage-statement.js';
export { releaseCoverage, type ReleasePolicy } from './manifest/release-coverage.js';
export {
  type DemographicAddress,
  demographicLimits,
  type Demographics,
  type FurtherName,
} from './demographics/demographics.js';
export { demographicsFromPatient, type ReadDemographics } from './demographics/demographics-from-patient.js';
export { type IdentifierToken, readIdentifierToken, splitOr } from './demographics/identifier-token.js';
export { patientFromDemographics, type PatientDemographics } from './demographics/patient-from-demographics.js';
export type { AskedPatient } from './merge/asked-patient.js';
export { mergeRecords } from './merge/merge-records.js';
export type {
  Absence,
  ApartItem,
  Caution,
  ClinicalResource,
  Dispute,
  MergedAllergy,
  MergedItem,
  MergedMedication,
  MergedOther,
  MergedProblem,
  MergedRecord,
  Provenance,
  Refusal,
  RefusalReason,
  Said,
  Sourced,
} from './merge/merged-record.js';
export type { SourceAnswer } from './merge/source-answer.js';
export { redactBundle, type RedactedResources, redactResources } from './redact/redact.js';
export { disclosedCode, operationOutcome, type OutcomeDetail, outcomeStatus } from './outcome/operation-outcome.js';
export {
  type OutcomeCode,
  type OutcomeDefinition,
  outcomes,
  undisclosed,
  type UndisclosedReason,
} from './outcome/outcome-codes.js';
export { capabilityStatement, type GatewayDescription } from './rest/capability-statement.js';
export { type MatchRequest, type ReadMatchRequest, readMatchRequest } from './rest/match-request.js';
export { type MatchCandidate, matchResponse } from './rest/match-response.js';
export { provenanceResource } from './rest/provenance-resource.js';
export { type ReadRecordSearch, readRecordSearch } from './rest/record-search-request.js';
export { type ReleaseNames, releaseResource } from './rest/release-resource.js';
export { searchset, type SearchsetRequest } from './rest/searchset.js';
export { nameBasedUuids } from './rest/name-based-uuid.js';
export { extensions, systems } from './terminology/code-systems.js';
export { oneLine } from './terminology/plain-text.js';
