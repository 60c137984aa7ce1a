import type { Answer, AuditReceipt } from '@hie/contracts';

import { type Judge, PendingQuery, firstStage, lastStage } from './pending-query.js';

const receipt = (digest: string) => ({ digest, index: 1 }) as AuditReceipt;
const held = (digest: string, more = false) => ({ answer: { stage: digest } as unknown as Answer, digest, more });
const allowed: Judge = () => undefined;
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
    expect(pending.released).toEqual([]);
    expect(pending.settle(allowed)).toEqual([]);
    await expect(first).resolves.toMatchObject({ digest: 'd', receipt: { index: 1 } });
  });

  it('releases nothing on a receipt over another digest', async () => {
    const pending = query();
    pending.addAnswer(held('d'));
    pending.addReceipt('e', receipt('e'));
    pending.settle(allowed);
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
    pending.settle(allowed);
    expect(pending.released).toEqual([]);
  });

  it('answers with the first stage at once and with the last when none follows', async () => {
    const pending = query();
    const [first, last] = [firstStage(pending), lastStage(pending)];
    pending.addAnswer(held('a', true));
    pending.addReceipt('a', receipt('a'));
    pending.settle(allowed);
    await expect(first).resolves.toMatchObject({ digest: 'a' });
    pending.addAnswer(held('b'));
    pending.addReceipt('b', receipt('b'));
    pending.settle(allowed);
    await expect(last).resolves.toMatchObject({ digest: 'b' });
  });

  it('answers with what there is when the last stage does not come', async () => {
    const pending = query();
    const last = lastStage(pending);
    pending.addAnswer(held('a', true));
    pending.addReceipt('a', receipt('a'));
    pending.settle(allowed);
    pending.expire();
    await expect(last).resolves.toMatchObject({ digest: 'a' });
  });

  it('tells a late listener everything, in order, and a late stage after the end', () => {
    const pending = query();
    pending.addAnswer(held('a'));
    pending.addReceipt('a', receipt('a'));
    pending.settle(allowed);
    const told: string[] = [];
    pending.listen({ onStage: ({ digest }) => told.push(digest), onEnd: () => told.push('end') });
    expect(told).toEqual(['a', 'end']);
    pending.addAnswer(held('late'));
    pending.addReceipt('late', receipt('late'));
    pending.settle(allowed);
    expect(pending.released.map(({ digest }) => digest)).toEqual(['a', 'late']);
  });

  it('releases nothing that may not be shown, says why, and takes another stage in its place', async () => {
    const pending = query();
    const first = firstStage(pending);
    pending.addAnswer(held('d'));
    pending.addReceipt('d', receipt('d'));
    expect(pending.settle(() => 'consent-changed')).toMatchObject([
      { stage: { digest: 'd' }, reason: 'consent-changed' },
    ]);
    expect(pending.settle(allowed)).toEqual([]);
    expect(pending.released).toEqual([]);
    pending.addAnswer(held('instead'));
    pending.addReceipt('instead', receipt('instead'));
    pending.settle(allowed);
    await expect(first).resolves.toMatchObject({ digest: 'instead' });
  });

  it('takes back, before it is shown again, what may not be shown any more', () => {
    const pending = query();
    for (const digest of ['a', 'b']) {
      pending.addAnswer(held(digest, true));
      pending.addReceipt(digest, receipt(digest));
    }
    pending.settle(allowed);
    const withheld = pending.review(({ digest }) => (digest === 'a' ? 'consent-changed' : undefined));
    expect(withheld).toMatchObject([{ stage: { digest: 'a' } }]);
    expect(pending.released.map(({ digest }) => digest)).toEqual(['b']);
  });

  it('does not say that a receipt is missing where it could not be judged in time', async () => {
    const pending = query();
    pending.addAnswer(held('d'));
    pending.addReceipt('d', receipt('d'));
    pending.expire();
    await expect(firstStage(pending)).resolves.toBe('service-unavailable');
  });
});
