import type { AuditTrail } from '@hie/messaging';

import type { AnswerRelease } from './answer-release.js';
import { PendingQuery } from './pending-query.js';
import { QueryEnding } from './query-ending.js';
import type { SessionStore } from './session.store.js';

const terms = { txn: 't', memberId: 'mercy', requestDigest: 'd', deadlineMs: 0 };

function setup(isOpen = true) {
  const told: unknown[][] = [];
  const trail = { record: (...entry: unknown[]) => Promise.resolve(void told.push(entry)) } as unknown as AuditTrail;
  const sessions = { fail: () => Promise.resolve(isOpen) } as unknown as SessionStore;
  return { ending: new QueryEnding(sessions, trail, {} as AnswerRelease), told };
}

describe(QueryEnding.name, () => {
  it('tells the ledger of a query that failed, by whom it was asked and from where', async () => {
    const { ending, told } = setup();
    await ending.expire(new PendingQuery({ ...terms, address: '192.0.2.7' }));
    const facts = { action: 'query.failed', outcome: 'failed', reason: 'deadline-passed' };
    expect(told).toEqual([[facts, { txn: 't', requester: { memberId: 'mercy', address: '192.0.2.7' } }]]);
  });

  it('says nothing of where from when whoever asked had hung up', async () => {
    const { ending, told } = setup();
    await ending.expire(new PendingQuery(terms));
    expect(told).toEqual([[expect.anything(), { txn: 't', requester: { memberId: 'mercy' } }]]);
  });

  it('tells it once: what another has ended, it does not end again', async () => {
    const { ending, told } = setup(false);
    await ending.expire(new PendingQuery(terms));
    expect(told).toEqual([]);
  });
});
