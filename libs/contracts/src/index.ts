export {
  type Answer,
  type AnswerAssembled,
  type CoverageRow,
  type ReleaseBasis,
  answerAssembled,
  answerSchema,
  answerStages,
  coverageRowSchema,
  releaseBasisSchema,
} from './answer-assembled.js';
export { type AuditEvent, auditEventRecorded, auditEventSchema } from './audit-event.js';
export { type AuditReceipt, auditReceiptIssued, auditReceiptSchema } from './audit-receipt.js';
export { type AuditTally, TALLIED_AT_MOST, auditTallied } from './audit-tally.js';
export { type ClientRegistered, clientRegistered } from './client-registered.js';
export { type ConsentChanged, consentChanged } from './consent-changed.js';
export { type CustodiansObserved, custodiansObserved } from './custodians-observed.js';
export {
  type DecisionBasis,
  type DisclosureDecided,
  type DisclosureDecision,
  disclosureDecided,
} from './disclosure-decided.js';
export {
  CLAIM_CHECK_ABOVE_BYTES,
  type EventOf,
  type EventType,
  MAX_MESSAGE_BYTES,
  type Retention,
  deadLetterRetention,
  deadLetterTopic,
} from './event-type.js';
export {
  type ClientRegistration,
  type Endpoint,
  type MemberChanged,
  type Site,
  memberChanged,
  memberChangedSchema,
} from './member-changed.js';
export { type GlassReported, glassReported } from './glass-reported.js';
export {
  type Candidate,
  type Identity,
  type PatientIdentified,
  candidateSchema,
  patientIdentified,
} from './patient-identified.js';
export { type PersonMerged, personMerged } from './person-merged.js';
export {
  type Demographics,
  type Query,
  type QueryRequested,
  demographicsSchema,
  queryRequested,
  querySchema,
} from './query-requested.js';
export { type RecordKind, criticalKinds, recordKinds } from './record-kinds.js';
export { type RecordLinked, recordLinked } from './record-linked.js';
export { type Custodian, type RecordsLocated, recordsLocated } from './records-located.js';
export { OPERATOR, type ServiceName, services } from './services.js';
export { type StandingChanged, consentStandingChanged, identityStandingChanged } from './standing-changed.js';
export { type AnyEventType, type TopicGrant, eventTypes, topicGrants } from './topics.js';
