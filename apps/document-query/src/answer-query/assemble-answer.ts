import {
  type Answer,
  type AnswerAssembled,
  type CoverageRow,
  type RecordsLocated,
  answerAssembled,
} from '@hie/contracts';
import { type HeldCoverageRow, type LateChange, type MergedRecord, releaseCoverage } from '@hie/fhir';
import { type AuditFacts, type HopResult, emission } from '@hie/messaging';
import { digestOf } from '@hie/purpose-of-use';

export interface AssembledParts {
  readonly located: RecordsLocated;
  readonly stage: Answer['stage'];
  /** Whether another stage follows. */
  readonly more: boolean;
  readonly rows: readonly HeldCoverageRow[];
  /** Absent where nobody was asked. */
  readonly record?: MergedRecord;
  /** On `late`: what differs from what was shown before. */
  readonly changes?: readonly LateChange[];
  readonly at: Date;
}

/**
 * Makes the answer of one stage, and the ledger's entry over exactly its bytes.
 *
 * Unknown, ambiguous and denied become one `not-disclosed` with nothing beside it: what tells them apart stands in the ledger alone.
 */
export function assembleAnswer(parts: AssembledParts): HopResult {
  const { located, stage, more, rows } = parts;
  const answer = JSON.stringify(answerOf(parts));
  const isTold = outcomeOf(located) === 'answered';
  const { basis } = located.decision;
  const members = rows
    .filter(({ counts }) => Object.values(counts).some((count) => count > 0))
    .map(({ memberId }) => memberId);
  const body: AnswerAssembled = {
    ...{ txn: located.txn, stage, more, answer },
    ...(isTold && basis !== undefined ? { basis: { ...basis, members } } : {}),
  };
  return {
    emit: [emission(answerAssembled, body, { decision: `${stage}:${outcomeOf(located)}` })],
    audit: [auditOf(located, stage, rows, digestOf(answer))],
  };
}

function answerOf({ located, stage, rows, record, changes, at }: AssembledParts): Answer {
  const { identity, decision, candidates, txn } = located;
  const outcome = outcomeOf(located);
  const isTold = outcome === 'answered';
  return {
    txn,
    stage,
    outcome,
    candidates: [...candidates],
    coverage: isTold ? releaseCoverage(rows, decision.obligations).map(toldRow) : [],
    ...(isTold ? { clinical: record } : {}),
    assembledAt: at.toISOString(),
    ...(isTold && changes !== undefined ? { changes: [...changes] } : {}),
    ...(isTold && identity.outcome === 'certain' ? { personId: identity.personId } : {}),
  };
}

/** A certain person whose record may be disclosed; or, for `$match`, somebody to name. */
function outcomeOf({ identity, decision, candidates }: RecordsLocated): Answer['outcome'] {
  if (identity.outcome === 'certain' && decision.effect === 'permit') return 'answered';
  return candidates.length > 0 ? 'answered' : 'not-disclosed';
}

function toldRow({ retrievedAt, elapsedMs, counts, ...row }: ReturnType<typeof releaseCoverage>[number]): CoverageRow {
  return {
    ...row,
    counts: { ...counts },
    ...(retrievedAt === undefined ? {} : { retrievedAt }),
    ...(elapsedMs === undefined ? {} : { elapsedMs }),
  };
}

function auditOf(located: RecordsLocated, stage: string, rows: readonly HeldCoverageRow[], digest: string): AuditFacts {
  const { identity, decision, candidates } = located;
  const statuses: Record<string, number> = {};
  for (const { status } of rows) statuses[status] = (statuses[status] ?? 0) + 1;
  const isDenied = identity.outcome === 'certain' && decision.effect === 'deny';
  const outcome = outcomeOf(located) === 'answered' ? 'success' : isDenied ? 'denied' : 'empty';
  return {
    action: 'answer.assembled',
    outcome,
    reason: decision.rule,
    digest,
    details: {
      ...{ stage, candidates: candidates.length, members: rows.map(({ memberId }) => memberId), ...statuses },
      ...(outcome === 'success' ? { given: givenIn(rows, candidates.length) } : {}),
    },
    receiptWanted: true,
    ...(identity.outcome === 'certain' ? { personId: identity.personId } : {}),
  };
}

/** How many records of which kind an answer holds, as the ledger keeps it for an accounting: `Condition=4`. Whom `$match` names are Patients. */
function givenIn(rows: readonly HeldCoverageRow[], candidates: number): string[] {
  const given = new Map<string, number>(candidates > 0 ? [['Patient', candidates]] : []);
  for (const { counts } of rows)
    for (const [kind, count] of Object.entries(counts)) if (count > 0) given.set(kind, (given.get(kind) ?? 0) + count);
  return [...given].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${kind}=${count}`);
}
