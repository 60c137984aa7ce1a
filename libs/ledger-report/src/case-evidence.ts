// RFC 6962 section 2.1.1: a leaf's audit path to a signed root.
import {
  LedgerEntryError,
  type OneEntryKeys,
  type SealedLeaf,
  canonicalJson,
  openOne,
  parseLeaf,
  voucherOf,
} from '@hie/ledger-entry';
import type { SealKeys } from '@hie/purpose-of-use';
import {
  type OpenCheckpoint,
  TransparencyLogError,
  isIncluded,
  leafHash,
  sameBytes,
  shardOfOrigin,
} from '@hie/transparency-log';
import type { AuditEvent } from '@medplum/fhirtypes';

import { auditEventOf } from './audit-event.js';
import type { EntryPlace, RecordedEntry } from './recorded-entry.js';

/** One entry as evidence: what was logged, what opens it, and the proof that it was. Binary values are base64, keys base64url. */
export interface EvidenceEntry {
  readonly shard?: string;
  /** In its shard. */
  readonly index: number;
  readonly leafHash: string;
  /** What stands in the log. */
  readonly leaf: string;
  /** Opens this leaf and no other. */
  readonly keys: OneEntryKeys;
  /** RFC 6962 audit path to the root of the checkpoint. */
  readonly proof: readonly string[];
  /** Of an older shard, its last; otherwise the evidence's is meant. */
  readonly checkpoint?: string;
  /** What the leaf says, in the words of FHIR. */
  readonly auditEvent: AuditEvent;
}

/** The entries of one transaction, to be checked without whoever gave them. */
export interface Evidence {
  readonly txn: string;
  /** Signed note (C2SP tlog-checkpoint). */
  readonly checkpoint: string;
  /** False where the transaction has more entries than are here. */
  readonly isComplete: boolean;
  readonly entries: readonly EvidenceEntry[];
}

/** What an entry is made evidence of. */
export interface FoundEntry {
  readonly place: EntryPlace;
  readonly entry: RecordedEntry;
  readonly leaf: Uint8Array;
  readonly keys: OneEntryKeys;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint?: string;
}

export function evidenceEntry({ place, entry, leaf, keys, proof, checkpoint }: FoundEntry): EvidenceEntry {
  const { shard, index } = place;
  return {
    ...(shard === undefined ? {} : { shard }),
    ...{ index, leafHash: base64(place.leafHash), leaf: base64(leaf), keys, proof: proof.map(base64) },
    ...(checkpoint === undefined ? {} : { checkpoint }),
    auditEvent: auditEventOf(entry, place),
  };
}

export type EvidenceFault =
  /** The checkpoint is not one of the log's, or of another shard. */
  | 'checkpoint-not-the-logs'
  /** The leaf is not at its place in the log. */
  | 'leaf-not-in-log'
  /** The keys do not open the leaf. */
  | 'entry-unreadable'
  /** It was logged, of another transaction. */
  | 'other-transaction'
  /** The service that it names has not signed it. */
  | 'not-vouched-for'
  /** The AuditEvent does not say what was logged. */
  | 'audit-event-changed';

export interface EvidenceVerdict {
  readonly entry: EvidenceEntry;
  /** Absent where everything holds. */
  readonly fault?: EvidenceFault;
}

/**
 * Whether each AuditEvent of some evidence says what stands in the log at its place: the leaf is in the tree that the log has signed, its keys
 * open it, and the AuditEvent is made of it anew.
 *
 * @param open checks a checkpoint's signatures, by whom its reader believes. @throws whatever `open` throws but a TransparencyLogError
 * @param services keys of the services; with them each entry must be the word of the one that it names, details included.
 */
export function checkEvidence(
  { txn, checkpoint, entries }: Evidence,
  open: (checkpoint: string) => OpenCheckpoint,
  services?: SealKeys,
): readonly EvidenceVerdict[] {
  return entries.map((entry) => {
    const fault = faultOf(entry, txn, () => open(entry.checkpoint ?? checkpoint), services);
    return { entry, ...(fault === undefined ? {} : { fault }) };
  });
}

function faultOf(
  entry: EvidenceEntry,
  txn: string,
  open: () => OpenCheckpoint,
  services: SealKeys | undefined,
): EvidenceFault | undefined {
  const head = orElse(open, TransparencyLogError);
  if (head === undefined || shardOfOrigin(head.origin)?.name !== entry.shard) return 'checkpoint-not-the-logs';
  const leaf = bytes(entry.leaf);
  const place = { index: entry.index, leafHash: leafHash(leaf) };
  const isThere = entry.index >= 0 && entry.index < head.size && sameBytes(place.leafHash, bytes(entry.leafHash));
  if (!isThere || !isIncluded({ ...place, size: head.size, root: head.root }, entry.proof.map(bytes)))
    return 'leaf-not-in-log';
  const opened = orElse(() => openOne(parseLeaf(leaf) satisfies SealedLeaf, entry.keys), LedgerEntryError);
  if (opened === undefined) return 'entry-unreadable';
  if (opened.txn !== txn) return 'other-transaction';
  if (services !== undefined && voucherOf(opened, services) !== opened.sealedBy) return 'not-vouched-for';
  const { shard } = entry;
  const said = auditEventOf(opened, { ...place, ...(shard === undefined ? {} : { shard }) });
  return canonicalJson(said) === canonicalJson(entry.auditEvent) ? undefined : 'audit-event-changed';
}

/** @returns `undefined` where it throws an error of this kind. */
function orElse<T>(work: () => T, kind: new (...args: never[]) => Error): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof kind) return undefined;
    throw error;
  }
}

const base64 = (binary: Uint8Array): string => btoa(String.fromCharCode(...binary));
const bytes = (text: string): Uint8Array => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
