// Whoever reads a case, or the list of them, stands in the ledger before the answer is there.
import { randomUUID } from 'node:crypto';

import type { AuditFacts } from '@hie/messaging';
import type { TransactionClaims } from '@hie/purpose-of-use';

import type { CaseReason } from './review-case.js';
import { ReviewCasesController } from './review-cases.controller.js';

const caseId = randomUUID();
const txn = randomUUID();
const request = { claims: {} as TransactionClaims } as never;
const opened = {
  ...{ by: { memberId: 'exchange-operator' }, at: '2026-01-02T03:04:05.000Z' },
  event: {
    ...{ kind: 'opened', reason: 'reported', txn, concerned: { memberId: 'mercy' }, dueAt: '2026-01-09T03:04:05.000Z' },
  },
};

function setup({ isGlassBroken = false } = {}) {
  const told: AuditFacts[] = [];
  const reasons: CaseReason[] = [];
  const trail = { record: (facts: AuditFacts) => Promise.resolve(void told.push(facts)) };
  const store = { list: () => Promise.resolve([{}, {}]), eventsOf: () => Promise.resolve([opened]) };
  const evidences = {
    ofTransaction: () => Promise.resolve({ txn, checkpoint: 'c', isComplete: true, entries: [{}, {}, {}] }),
  };
  const transactions = { reviewed: () => Promise.resolve({ concerned: { memberId: 'mercy' }, isGlassBroken }) };
  const handler = {
    open: (_txn: string, reason: CaseReason) => Promise.resolve((reasons.push(reason), caseId)),
  };
  const fakes = [handler, store, transactions, evidences, trail] as unknown as ConstructorParameters<
    typeof ReviewCasesController
  >;
  return { sut: new ReviewCasesController(...fakes), told, reasons };
}

describe(ReviewCasesController.name, () => {
  it('tells the ledger of each reading, with the transaction that is reviewed', async () => {
    const { sut, told } = setup();
    await sut.list({}, request);
    await sut.one(caseId, request);
    await sut.evidence(caseId, request);
    expect(told.map(({ action, details }) => [action, details])).toEqual([
      ['ledger.searched', { criteria: ['case', 'open'], entries: 2 }],
      ['case.read', { case: caseId, reviewed: txn }],
      ['case.read', { case: caseId, reviewed: txn, entries: 3 }],
    ]);
  });

  it.each([
    [false, 'reported'],
    [true, 'break-glass'],
  ] as const)('opens a case of what is reported; of a broken glass (%s) as %s', async (isGlassBroken, reason) => {
    const { sut, reasons } = setup({ isGlassBroken });
    await sut.open({ txn }, request);
    expect(reasons).toEqual([reason]);
  });
});
