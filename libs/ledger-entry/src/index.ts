export { commitmentTo, isCommittedTo } from './commitment.js';
export { type EntryDetails, type EntryHead, type LedgerEntry, type Requester, canonicalJson } from './ledger-entry.js';
export {
  type EntryKeys,
  type OneEntryKeys,
  oneEntryKeys,
  openAsPatient,
  openDetails,
  openHead,
  openOne,
  openingOf,
  sealEntry,
} from './seal-entry.js';
export { LedgerEntryError, MAX_ENTRY_BYTES, type SealedLeaf, formatLeaf, parseLeaf } from './sealed-leaf.js';
export { type Binding, bindingOf, detailsDigestOf, vouchFor, voucherOf } from './vouching.js';
