export { accountColumns, accountCsv, csvCell, recipientOf, whatOf, whyOf } from './account-csv.js';
export {
  accountDisclosures,
  type Disclosure,
  DISCLOSING,
  isDisclosure,
  type PlacedEntry,
} from './account-disclosures.js';
export { type AccountingStanding, accountingStanding } from './accounting-standing.js';
export {
  checkEvidence,
  type Evidence,
  type EvidenceEntry,
  evidenceEntry,
  type EvidenceFault,
  type EvidenceVerdict,
} from './case-evidence.js';
export { auditEventOf, outcomeCodes } from './audit-event.js';
export { type ActionAndOutcome, actionsOfKind, auditActions, type EventKind, eventKindOf } from './event-kind.js';
export {
  comparePlaces,
  type EntryOutcome,
  entryOutcomes,
  type EntryPlace,
  type EntryRequester,
  listDetail,
  placeText,
  type RecordedEntry,
  textDetail,
} from './recorded-entry.js';
