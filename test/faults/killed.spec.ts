// Any part of the exchange dies in the middle of two hundred queries: each query ends with an answer or a definite failure in its time,
// no entry of the ledger is lost or doubled, and no answer is released without a receipt.
import { setTimeout as pause } from 'node:timers/promises';

import { entriesOf } from '@hie/local-exchange';
import { request } from 'undici';

import { eventually } from '../support/doors.js';
import { LedgerAudit, type Transaction } from '../support/ledger-audit.js';
import { type Ending, runLoad } from '../support/load.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const DEADLINE_MS = 5_000;
/** Of queries before anything dies, which wait for connections too. */
const LONG_MS = 20_000;
const QUERIES = 300;
/** So many are under way all the time until the last ones are sent, and when the part dies. */
const UNDER_WAY = 200;
const ENDED = 40;
const SERVED_AGAIN_WITHIN_MS = 30_000;
/** An answer is assembled in two stages at most, the critical set and all of it; beside them what comes late is told member by member. */
const STAGES = ['critical', 'complete'];
/**
 * Why a query in whose middle something died may end without an answer: its deadline has passed, or what a crash left in an outbox was
 * sent later than its seal may be.
 */
const TOO_LATE = ['deadline-passed', 'seal-backdated'];
/** What was sent before a crash, and is sent again after it, is refused the second time; that ends nothing. */
const REPLAYED = 'replayed';
/** A gateway that was held up tells the ledger of a query's end a moment after the caller, or its next round does. */
const TOLD_WITHIN_MS = 30_000;
const STILL_MS = 1_000;

const hasEnded = ({ actions, reasons }: Transaction): boolean =>
  !actions.includes('query.requested') ||
  actions.includes('answer.assembled') ||
  reasons.some((reason) => TOO_LATE.includes(reason));

describe('a bad day', () => {
  let exchange: SharedExchange;
  let ledger: LedgerAudit;
  beforeAll(async () => {
    exchange = sharedExchange();
    ledger = new LedgerAudit(exchange);
  }, 120_000);
  afterAll(async () => {
    await ledger.close();
    await exchange.close();
  });

  /**
   * It is well: the gateway lets in again what the exchange carries, and connections stand. Two hundred handshakes at once take two cores a
   * second or more, which is no query's time.
   */
  beforeEach(async () => {
    await runLoad(exchange, { queries: QUERIES, inFlight: UNDER_WAY, deadlineMs: LONG_MS });
  }, 120_000);

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
      const killed = { underWay: 0, at: 0 };
      const endings = await runLoad(exchange, {
        queries: QUERIES,
        inFlight: UNDER_WAY,
        deadlineMs: DEADLINE_MS,
        after: {
          ended: ENDED,
          run: async (underWay) => {
            killed.underWay = underWay;
            killed.at = await ledger.size();
            await control(verb, name);
          },
        },
      });
      if (name !== 'kafka' && name !== 'postgres') await control('ready', name);

      process.stderr.write(`${verb} ${name}: ${summary(endings)}\n`);
      expect(killed.underWay).toBe(UNDER_WAY);
      expect(endings).toHaveLength(QUERIES);
      expect(endings.filter(({ elapsedMs }) => elapsedMs > DEADLINE_MS + 1_000)).toEqual([]);
      // Broken off, answered, refused for now (there was no place for it, or a part of the exchange is away), not answered in time.
      expect(endings.filter(({ status }) => ![0, 200, 503, 504].includes(status))).toEqual([]);
      // Who was not let in is told when to come again.
      expect(endings.filter(({ code, retryAfterS }) => code === 'overloaded' && retryAfterS === undefined)).toEqual([]);
      expectReceipts(endings);
      await expectWholeLedger(from, killed.at, endings);

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

  /** Until the ledger was told how each query since then ended, and everything else. */
  async function allTold(from: number): Promise<void> {
    let open: readonly Transaction[] = [];
    await eventually(async () => {
      open = (await ledger.transactionsFrom(from)).filter((each) => !hasEnded(each));
      return open.length === 0 ? true : undefined;
    }, TOLD_WITHIN_MS).catch(() => {
      expect(open).toEqual([]);
    });
    // What lies on Kafka is in no outbox any more, and is told when its reader is back.
    let size = -1;
    await eventually(async () => {
      await ledger.settled();
      const before = size;
      size = await ledger.size();
      if (size === before) return true;
      await pause(STILL_MS);
      return undefined;
    }, TOLD_WITHIN_MS);
  }

  async function expectWholeLedger(from: number, killedAt: number, endings: readonly Ending[]): Promise<void> {
    await allTold(from);
    const { verdict, eventIds } = await ledger.verify();
    expect(verdict.kind).toBe('verified');
    expect(new Set(eventIds).size).toBe(eventIds.length);
    expect(await ledger.size(eventIds.length)).toBe(eventIds.length);
    const transactions = new Map((await ledger.transactionsFrom(from)).map((each) => [each.txn, each]));
    for (const { txn, receipt } of endings) {
      if (txn === undefined) continue;
      expect(eventIds[receipt?.index ?? -1]).toBe(receipt?.eventId);
      expect(transactions.get(txn)?.actions).toEqual(
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
    for (const { txn, actions, reasons, digests } of transactions.values()) {
      const doubled = once.filter((action) => actions.filter((each) => each === action).length > 1);
      const wrong = reasons.filter((reason) => ![...TOO_LATE, REPLAYED].includes(reason));
      expect({ txn, doubled, wrong }).toEqual({ txn, doubled: [], wrong: [] });
      expect(new Set(digests).size).toBe(digests.length);
    }
    // What was on its way when the part died, or has more entries than there are stages: none was told twice, under whatever digest.
    const suspects = [...transactions.values()].filter(
      ({ first, last, digests }) => digests.length > STAGES.length || (first < killedAt && last >= killedAt),
    );
    for (const { txn, digests } of suspects.filter((each) => each.digests.length > 1)) {
      const entries = (await entriesOf(exchange, txn)).filter(({ entry }) => entry.action === 'answer.assembled');
      expect({ txn, entries: entries.length }).toEqual({ txn, entries: digests.length });
      const stages = entries.map(({ entry }) => (entry['details'] as { stage?: string }).stage ?? '');
      const twice = STAGES.filter((stage) => stages.filter((each) => each === stage).length > 1);
      expect({ txn, twice }).toEqual({ txn, twice: [] });
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
