import type { Answer, AuditReceipt } from '@hie/contracts';
import type { AuditTrail } from '@hie/messaging';

import type { Caller } from '../edge/caller.js';
import { AnswerReadings } from './answer-readings.js';
import type { AnswerRelease } from './answer-release.js';
import { type Judge, PendingQuery } from './pending-query.js';

const ada = '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f';
const reader: Caller = {
  ...{ clientId: 'mercy-emr', memberId: 'mercy', userId: 'dr-vale', purpose: 'ETREAT', scopes: [], requestId: 'r' },
  address: '192.0.2.7',
};

function setup(outcomes: readonly Answer['outcome'][] = ['answered']) {
  const query = new PendingQuery({ txn: 't', memberId: 'mercy', requestDigest: 'd', deadlineMs: 0 });
  outcomes.forEach((outcome, at) => {
    const answer = { outcome, stage: 'critical', ...(outcome === 'answered' ? { personId: ada } : {}) } as Answer;
    query.addAnswer({ answer, digest: `digest-${at}`, more: true });
    query.addReceipt(`digest-${at}`, {} as AuditReceipt);
  });
  query.settle(() => undefined);
  /** What may not be shown, from now on. */
  const judge = { now: (() => undefined) as Judge };
  const release = { review: (each: PendingQuery) => Promise.resolve(void each.review(judge.now)) };
  const told: { readonly facts: unknown; readonly circumstances: { readonly eventId: string } }[] = [];
  const trail = {
    record: (facts: unknown, circumstances: { eventId: string }) =>
      Promise.resolve(void told.push({ facts, circumstances })),
  };
  const readings = new AnswerReadings(release as unknown as AnswerRelease, trail as unknown as AuditTrail);
  const acknowledge = () => readings.acknowledge({ eventId: told.at(-1)?.circumstances.eventId ?? '' });
  return { query, judge, told, readings, acknowledge };
}
/** What a reading has come to; nothing while it waits. */
function outcomeOf(reading: Promise<readonly { readonly digest: string }[]>) {
  const seen: string[] = [];
  reading.then(
    (stages) => seen.push(`shown: ${stages.map(({ digest }) => digest).join(' ')}`),
    (error: unknown) => seen.push((error as Error).message),
  );
  return seen;
}

describe(AnswerReadings.name, () => {
  beforeEach(() => import.meta.jest.useFakeTimers());
  afterEach(() => {
    expect(import.meta.jest.getTimerCount()).toBe(0);
    import.meta.jest.useRealTimers();
  });
  const passes = (ms: number) => import.meta.jest.advanceTimersByTimeAsync(ms);

  it('tells the ledger who reads what, and shows it once the ledger has said so', async () => {
    const { query, told, readings, acknowledge } = setup();
    const seen = outcomeOf(readings.read(query, reader, 'query'));
    await passes(0);
    expect(told).toEqual([
      {
        facts: {
          ...{ action: 'answer.read', outcome: 'success', personId: ada, receiptWanted: true },
          details: { as: 'query', stages: ['critical'], digests: ['digest-0'] },
        },
        circumstances: {
          ...{ eventId: expect.any(String) as string, txn: 't', purpose: 'ETREAT' },
          requester: { memberId: 'mercy', clientId: 'mercy-emr', userId: 'dr-vale', address: '192.0.2.7' },
        },
      },
    ]);
    expect(seen).toEqual([]);
    readings.acknowledge({ eventId: 'another' });
    await passes(0);
    expect(seen).toEqual([]);
    acknowledge();
    await passes(0);
    expect(seen).toEqual(['shown: digest-0']);
  });

  it('shows nothing where the ledger’s word does not come', async () => {
    const { query, readings } = setup();
    const seen = outcomeOf(readings.read(query, reader, 'repeat'));
    await passes(2_000);
    expect(seen).toEqual(['no-receipt']);
  });

  it('says that nothing was disclosed where nothing was', async () => {
    const { query, told, readings, acknowledge } = setup(['not-disclosed']);
    void readings.read(query, reader, 'query');
    await passes(0);
    expect(told[0]?.facts).toMatchObject({ outcome: 'empty' });
    expect(told[0]?.facts).not.toHaveProperty('personId');
    acknowledge();
    await passes(0);
  });

  it.each([
    ['query', 0],
    ['events', 1],
    ['repeat', 1],
  ] as const)('of an answer that is not there yet: read as %s, entries %d', async (as, entries) => {
    const { query, told, readings, acknowledge } = setup([]);
    const seen = outcomeOf(readings.read(query, reader, as));
    await passes(0);
    expect(told).toHaveLength(entries);
    acknowledge();
    await passes(0);
    expect(seen).toEqual(['shown: ']);
  });

  it('names and shows nothing that may not be shown any more, before the ledger’s word or after it', async () => {
    const { query, judge, told, readings, acknowledge } = setup(['answered', 'answered', 'answered']);
    judge.now = ({ digest }) => (digest === 'digest-0' ? 'consent-changed' : undefined);
    const seen = outcomeOf(readings.read(query, reader, 'query'));
    await passes(0);
    expect(told[0]?.facts).toMatchObject({ details: { digests: ['digest-1', 'digest-2'] } });
    judge.now = ({ digest }) => (digest === 'digest-1' ? 'consent-changed' : undefined);
    acknowledge();
    await passes(0);
    expect(seen).toEqual(['shown: digest-2']);
  });
});
