export { auditEventOf, outcomeCodes } from './audit-event.js';
export { type ActionAndOutcome, actionsOfKind, auditActions, type EventKind, eventKindOf } from './event-kind.js';
export {
  type EntryOutcome,
  entryOutcomes,
  type EntryPlace,
  listDetail,
  type RecordedEntry,
  textDetail,
} from './recorded-entry.js';
