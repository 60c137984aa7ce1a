export { auditEventOf, outcomeCodes } from './audit-event.js';
export {
  type ActionAndOutcome,
  actionsOfKind,
  auditActions,
  entryOutcomes,
  type EventKind,
  eventKindOf,
} from './event-kind.js';
export {
  type EntryDetails,
  type EntryOutcome,
  type EntryPlace,
  type EntryRequester,
  listDetail,
  type RecordedEntry,
  textDetail,
} from './recorded-entry.js';
