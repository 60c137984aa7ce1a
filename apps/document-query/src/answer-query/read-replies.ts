import type { Custodian } from '@hie/contracts';
import {
  type HeldCoverageRow,
  type MergedRecord,
  type RefusalReason,
  type SourceAnswer,
  countsOf,
  mergeRecords,
  redactResources,
} from '@hie/fhir';

import type { CustodianReplies, MemberReply } from './member-reply.js';

/** Something of this patient's may be there and is not in the answer. */
const UNREAD: readonly RefusalReason[] = ['malformed', 'too-large', 'no-subject'];

type Answered = Extract<MemberReply, { kind: 'answered' }>;

/** What a custodian's replies come to once the consent decision's obligations were applied. */
interface ReadCustodian {
  readonly row: HeldCoverageRow;
  readonly source?: SourceAnswer;
}

export interface ReadReplies {
  readonly rows: readonly HeldCoverageRow[];
  readonly record: MergedRecord;
}

/**
 * Applies the obligations, merges what is left, and says of every custodian what became of it.
 *
 * Pure. A custodian whose every resource was about somebody else counts as failed: its "nothing" would be a lie about this patient. A
 * type of which something could not be read counts as not looked at, for the same reason.
 */
export function readReplies(custodians: readonly CustodianReplies[], withholdLabels: readonly string[]): ReadReplies {
  const read = custodians.map((one) => readCustodian(one, withholdLabels));
  const record = mergeRecords(read.flatMap(({ source }) => source ?? []));
  return {
    record,
    rows: read.map(({ row, source }) => (source === undefined ? row : afterMerge(row, source, record))),
  };
}

function readCustodian(one: CustodianReplies, withholdLabels: readonly string[]): ReadCustodian {
  const { custodian, name, replies } = one;
  const base = { memberId: custodian.memberId, name, counts: {}, discloses: custodian.discloses };
  if (custodian.instruction !== 'ask') return { row: { ...base, ...notAsked(custodian.instruction) } };
  const answered = replies.filter((reply): reply is Answered => reply.kind === 'answered');
  const [first] = answered;
  const failure = replies.find((reply) => reply.kind === 'failed');
  const elapsedMs = replies.reduce((sum, reply) => sum + reply.elapsedMs, 0);
  if (first === undefined) {
    const { status, reason } = failure ?? { status: 'not-asked' as const, reason: 'deadline-too-near' as const };
    return { row: { ...base, status, reason, elapsedMs } };
  }
  const redacted = redactResources(
    answered.flatMap(({ answer }) => answer.resources),
    withholdLabels,
  );
  const isPartial = failure !== undefined || answered.some(({ answer }) => answer.failedTypes.length > 0);
  const isFiltered = redacted.withheld > 0;
  return {
    row: {
      ...base,
      status: isFiltered ? 'filtered' : 'answered',
      reason: isPartial ? 'partial' : isFiltered ? 'labels-withheld' : 'complete',
      counts: countsOf([...new Set(answered.flatMap(({ answer }) => answer.answeredTypes))], []),
      retrievedAt: first.retrievedAt,
      elapsedMs,
      ...(isFiltered ? { withheldTypes: redacted.withheldTypes } : {}),
    },
    source: {
      memberId: custodian.memberId,
      name,
      retrievedAt: first.retrievedAt,
      patient: { records: custodian.records, baseUrl: one.baseUrl },
      resources: redacted.resources,
      discloses: custodian.discloses,
    },
  };
}

/** Completes a row with what the merge took and refused of the custodian's resources. */
function afterMerge(row: HeldCoverageRow, source: SourceAnswer, record: MergedRecord): HeldCoverageRow {
  const refused = record.refused.filter(({ memberId }) => memberId === source.memberId);
  const strangers = refused.filter(({ reason }) => reason === 'wrong-patient').length;
  if (strangers > 0 && strangers === source.resources.length) {
    return { ...row, status: 'failed', reason: 'wrong-patient', counts: {} };
  }
  if (source.resources.length === 0 && row.status === 'answered' && row.reason === 'complete') {
    return { ...row, status: 'no-record', reason: 'patient-not-known' };
  }
  const readable = source.resources.filter(hasType);
  const counts = countsOf(Object.keys(row.counts), readable);
  for (const { resourceType } of refused) {
    if (resourceType !== undefined && counts[resourceType]) counts[resourceType] -= 1;
  }
  const unread = refused.filter(({ reason }) => UNREAD.includes(reason));
  const lookedAt = Object.entries(counts).filter(([type]) => !unread.some(({ resourceType }) => resourceType === type));
  const isPartial = strangers > 0 || unread.length > 0;
  return { ...row, counts: Object.fromEntries(lookedAt), ...(isPartial ? { reason: 'partial' } : {}) };
}

/** Whether this is a resource at all, and not what stands for one that could not be looked through. */
const hasType = (resource: unknown): resource is { readonly resourceType: string } =>
  typeof (resource as { readonly resourceType?: unknown } | null)?.resourceType === 'string';

function notAsked(instruction: Exclude<Custodian['instruction'], 'ask'>): Pick<HeldCoverageRow, 'status' | 'reason'> {
  if (instruction === 'excluded-by-patient') return { status: 'denied', reason: 'excluded-by-patient' };
  return { status: 'not-asked', reason: instruction };
}
