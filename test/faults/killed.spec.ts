// Any part of the exchange dies in the middle of two hundred queries: each query ends with an answer or a definite failure in its time,
// no entry of the ledger is lost or doubled, and no answer is released without a receipt.
import { request } from 'undici';

import { eventually } from '../support/doors.js';
import { LedgerAudit } from '../support/ledger-audit.js';
import { type Ending, runLoad } from '../support/load.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const DEADLINE_MS = 5_000;
const QUERIES = 200;
// Few enough for two cores: a query’s time counts from when its caller sent it, and not from when a busy machine got to it.
const IN_FLIGHT = 8;
const SERVED_AGAIN_WITHIN_MS = 30_000;

describe('a bad day', () => {
  let exchange: SharedExchange;
  let ledger: LedgerAudit;
  beforeAll(async () => {
    exchange = sharedExchange();
    ledger = new LedgerAudit(exchange);
    await runLoad(exchange, { queries: 32, inFlight: IN_FLIGHT, deadlineMs: DEADLINE_MS });
  }, 120_000);
  afterAll(async () => {
    await ledger.close();
    await exchange.close();
  });

  const control = async (verb: 'kill' | 'restart' | 'ready', name: string): Promise<void> => {
    const { statusCode, body } = await request(`${exchange.controlUrl}/${verb}/${name}`, { method: 'POST' });
    await body.dump();
    expect(statusCode).toBe(204);
  };

  it.each([
    ['kill', 'gateway'],
    ['kill', 'patient-index'],
    ['kill', 'consent'],
    ['kill', 'record-locator'],
    ['kill', 'document-query'],
    ['kill', 'audit-ledger'],
    ['kill', 'participants'],
    ['kill', 'identity-provider'],
    ['restart', 'postgres'],
    ['restart', 'kafka'],
    ['kill', 'postgres'],
    ['kill', 'kafka'],
  ] as const)(
    '%s %s',
    async (verb, name) => {
      await ledger.settled();
      const from = await ledger.size();
      const endings = await runLoad(exchange, {
        queries: QUERIES,
        inFlight: IN_FLIGHT,
        deadlineMs: DEADLINE_MS,
        after: { ended: 40, run: () => control(verb, name) },
      });
      if (name !== 'kafka' && name !== 'postgres') await control('ready', name);

      expect(endings).toHaveLength(QUERIES);
      expect(endings.filter(({ elapsedMs }) => elapsedMs > DEADLINE_MS + 1_000)).toEqual([]);
      expect(endings.filter(({ status }) => ![0, 200, 401, 403, 503, 504].includes(status))).toEqual([]);
      expectReceipts(endings);
      await expectWholeLedger(from, endings);
      process.stderr.write(`${verb} ${name}: ${summary(endings)}\n`);

      await eventually(async () => {
        const after = await runLoad(exchange, { queries: 16, inFlight: 4, deadlineMs: DEADLINE_MS });
        return after.some(({ status }) => status === 200) ? true : undefined;
      }, SERVED_AGAIN_WITHIN_MS);
    },
    180_000,
  );

  function expectReceipts(endings: readonly Ending[]): void {
    const answered = endings.filter(({ status }) => status === 200);
    expect(answered.length).toBeGreaterThan(0);
    expect(answered.filter(({ receipt }) => receipt === undefined || !ledger.isGenuine(receipt))).toEqual([]);
  }

  async function expectWholeLedger(from: number, endings: readonly Ending[]): Promise<void> {
    await ledger.settled();
    const { verdict, eventIds } = await ledger.verify();
    expect(verdict.kind).toBe('verified');
    expect(new Set(eventIds).size).toBe(eventIds.length);
    expect(await ledger.size()).toBe(eventIds.length);
    const transactions = new Map((await ledger.transactionsFrom(from)).map(({ txn, actions }) => [txn, actions]));
    for (const { txn, receipt } of endings) {
      if (txn === undefined) continue;
      expect(eventIds[receipt?.index ?? -1]).toBe(receipt?.eventId);
      expect(transactions.get(txn)).toEqual(
        expect.arrayContaining([
          'query.requested',
          'patient.identified',
          'disclosure.decided',
          'records.located',
          'answer.assembled',
        ]),
      );
    }
    const once = ['query.requested', 'patient.identified', 'disclosure.decided', 'records.located'];
    for (const [txn, actions] of transactions) {
      const doubled = once.filter((action) => actions.filter((each) => each === action).length > 1);
      expect({ txn, doubled }).toEqual({ txn, doubled: [] });
      const ended = actions.some((action) => ['answer.assembled', 'query.failed', 'message.refused'].includes(action));
      if (actions.includes('query.requested')) expect({ txn, actions, ended }).toEqual({ txn, actions, ended: true });
    }
  }
});

/** How many ended how, for the log of the run. */
function summary(endings: readonly Ending[]): string {
  const counts = new Map<number, number>();
  for (const { status } of endings) counts.set(status, (counts.get(status) ?? 0) + 1);
  const longest = Math.max(...endings.map(({ elapsedMs }) => elapsedMs));
  return `${[...counts].map(([status, count]) => `${count} × ${status}`).join(', ')}; longest ${Math.round(longest)} ms`;
}
