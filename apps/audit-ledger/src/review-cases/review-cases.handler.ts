import { randomUUID } from 'node:crypto';

import { AuditWriter } from '@hie/messaging';
import { UnitOfWork } from '@hie/persistence';
import { type TransactionClaims, signedInPersonOf } from '@hie/purpose-of-use';
import { Refusal } from '@hie/service-kit';
import { Injectable } from '@nestjs/common';

import { digestOf } from './case-repair.js';
import { CaseStore } from './case.store.js';
import {
  type Actor,
  type CaseEvent,
  type CaseReason,
  type ToldCaseEvent,
  caseOf,
  dueAtOf,
  refusalOf,
} from './review-case.js';

/** What opens a case by itself: the exchange, not a person. */
export const EXCHANGE: Actor = { memberId: 'exchange-operator', clientId: 'audit-ledger' };

/** Opens cases and adds to them; each step is an entry of the ledger, with the digest of what was said and not its text. */
@Injectable()
export class ReviewCasesHandler {
  constructor(
    private readonly store: CaseStore,
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditWriter,
  ) {}

  /**
   * Opens the case of a transaction; one that has a case already keeps it.
   *
   * @param claims of whoever opens it; absent when it opens by itself.
   */
  async open(txn: string, reason: CaseReason, concerned: Actor, claims?: TransactionClaims): Promise<string> {
    const known = await this.store.caseOfTransaction(txn);
    if (known !== undefined) return known;
    const caseId = randomUUID();
    const opened = { kind: 'opened', reason, txn, concerned, dueAt: dueAtOf(reason, Date.now()) } as const;
    await this.add(caseId, [], opened, claims);
    return caseId;
  }

  /** @throws Refusal `case-not-found` (404), or why this may not be added (409). */
  async tell(caseId: string, event: Exclude<CaseEvent, { kind: 'opened' }>, claims: TransactionClaims): Promise<void> {
    const before = await this.store.eventsOf(caseId);
    if (before.length === 0) throw new Refusal('case-not-found', 404);
    const refusal = refusalOf(caseOf(before), event, actorOf(claims));
    if (refusal !== undefined) throw new Refusal(refusal, 409);
    await this.add(caseId, before, event, claims);
  }

  private async add(
    caseId: string,
    before: readonly ToldCaseEvent[],
    event: CaseEvent,
    claims?: TransactionClaims,
  ): Promise<void> {
    const told: ToldCaseEvent = {
      by: claims === undefined ? EXCHANGE : actorOf(claims),
      at: new Date().toISOString(),
      event,
    };
    const facts = {
      action: actions[event.kind],
      outcome: 'success',
      digest: digestOf(told),
      details: { case: caseId, seq: before.length, ...codesOf(event) },
    } as const;
    try {
      await this.unitOfWork.run(async ({ manager, announce }) => {
        await this.store.add({ manager }, caseId, before, told);
        await announce([(await this.audit.write(facts, claims === undefined ? {} : { claims })).record]);
      });
    } catch (error) {
      // Somebody else was first: what they added may forbid this.
      if ((error as { code?: string }).code === UNIQUE_VIOLATION) throw new Refusal('case-changed', 409);
      throw error;
    }
  }
}

const UNIQUE_VIOLATION = '23505';

const actions = {
  opened: 'case.opened',
  assigned: 'case.assigned',
  commented: 'case.commented',
  closed: 'case.closed',
} as const satisfies Record<CaseEvent['kind'], string>;

/** Who acts, as the transaction token proves it: a person where one has signed in, else the system, whomever it names. */
export function actorOf(claims: TransactionClaims): Actor {
  const userId = signedInPersonOf(claims);
  return { memberId: claims.tctx.org, clientId: claims.sub, ...(userId === undefined ? {} : { userId }) };
}

/** What the ledger's own entry may hold of an event: codes, and never what somebody wrote. */
function codesOf(event: CaseEvent): Record<string, string> {
  switch (event.kind) {
    case 'opened':
      return { reason: event.reason, reviewed: event.txn, dueAt: event.dueAt };
    case 'closed':
      return { result: event.outcome };
    default:
      return {};
  }
}
