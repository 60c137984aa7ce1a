import type { Answer, AuditReceipt } from '@hie/contracts';

import { PendingQuery, firstStage, lastStage } from './pending-query.js';

const receipt = (digest: string) => ({ digest, index: 1 }) as AuditReceipt;
const held = (digest: string, more = false) => ({ answer: { stage: digest } as unknown as Answer, digest, more });
const query = () => new PendingQuery({ txn: 'txn', memberId: 'mercy', requestDigest: 'r', deadlineMs: 0 });

describe(PendingQuery.name, () => {
  it.each([
    [
      'the answer first',
      (pending: PendingQuery) => (pending.addAnswer(held('d')), pending.addReceipt('d', receipt('d'))),
    ],
    [
      'the receipt first',
      (pending: PendingQuery) => (pending.addReceipt('d', receipt('d')), pending.addAnswer(held('d'))),
    ],
  ])('releases when both halves have come, %s', async (_name, come) => {
    const pending = query();
    const first = firstStage(pending);
    come(pending);
    await expect(first).resolves.toMatchObject({ digest: 'd', receipt: { index: 1 } });
  });

  it('releases nothing on a receipt over another digest', async () => {
    const pending = query();
    pending.addAnswer(held('d'));
    pending.addReceipt('e', receipt('e'));
    expect(pending.released).toEqual([]);
    pending.expire();
    await expect(firstStage(pending)).resolves.toBe('no-receipt');
  });

  it('fails at the deadline when nothing has come', async () => {
    const pending = query();
    pending.expire();
    await expect(firstStage(pending)).resolves.toBe('deadline-passed');
  });

  it('releases nothing after it has failed', () => {
    const pending = query();
    pending.expire();
    pending.addAnswer(held('d'));
    pending.addReceipt('d', receipt('d'));
    expect(pending.released).toEqual([]);
  });

  it('answers with the first stage at once and with the last when none follows', async () => {
    const pending = query();
    const [first, last] = [firstStage(pending), lastStage(pending)];
    pending.addAnswer(held('a', true));
    pending.addReceipt('a', receipt('a'));
    await expect(first).resolves.toMatchObject({ digest: 'a' });
    pending.addAnswer(held('b'));
    pending.addReceipt('b', receipt('b'));
    await expect(last).resolves.toMatchObject({ digest: 'b' });
  });

  it('answers with what there is when the last stage does not come', async () => {
    const pending = query();
    const last = lastStage(pending);
    pending.addAnswer(held('a', true));
    pending.addReceipt('a', receipt('a'));
    pending.expire();
    await expect(last).resolves.toMatchObject({ digest: 'a' });
  });

  it('tells a late listener everything, in order, and a late stage after the end', () => {
    const pending = query();
    pending.addAnswer(held('a'));
    pending.addReceipt('a', receipt('a'));
    const told: string[] = [];
    pending.listen({ onStage: ({ digest }) => told.push(digest), onEnd: () => told.push('end') });
    expect(told).toEqual(['a', 'end']);
    pending.addAnswer(held('late'));
    pending.addReceipt('late', receipt('late'));
    expect(pending.released.map(({ digest }) => digest)).toEqual(['a', 'late']);
  });
});
