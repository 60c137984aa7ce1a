// The sequencer, PostgreSQL and Kafka are killed fifty times under load: nothing that was acknowledged is lost, nothing stands twice, and
// every checkpoint that anybody was ever shown is consistent with the last.
import { openCheckpoint, verifyLog } from '@hie/transparency-log';
import { request } from 'undici';

import { HeadWatch } from '../support/head-watch.js';
import { LedgerAudit } from '../support/ledger-audit.js';
import { type Ending, runLoad } from '../support/load.js';
import { PublicLog } from '../support/public-log.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const KILLS = 50;
const DEADLINE_MS = 5_000;
/** Most of them the sequencer: it is the one with something to lose. */
const victims = ['audit-ledger', 'postgres', 'audit-ledger', 'audit-ledger', 'kafka'] as const;

describe('a ledger that is killed fifty times', () => {
  let exchange: SharedExchange;
  let audit: LedgerAudit;
  let log: PublicLog;
  beforeAll(() => {
    exchange = sharedExchange();
    audit = new LedgerAudit(exchange);
    log = new PublicLog(exchange);
  });
  afterAll(async () => {
    await audit.close();
    await log.close();
    await exchange.close();
  });

  const kill = async (name: string): Promise<void> => {
    const { statusCode, body } = await request(`${exchange.controlUrl}/kill/${name}`, { method: 'POST' });
    await body.dump();
    expect(statusCode).toBe(204);
  };

  it('loses nothing it gave a receipt for, doubles nothing, and never contradicts itself', async () => {
    const watch = new HeadWatch(log);
    const endings: Ending[] = [];
    for (let at = 0; at < KILLS; at += 1) {
      const victim = victims[at % victims.length] as (typeof victims)[number];
      const load = { queries: 16, inFlight: 4, deadlineMs: DEADLINE_MS };
      endings.push(...(await runLoad(exchange, { ...load, after: { ended: 4, run: () => kill(victim) } })));
    }
    const receipts = endings.flatMap(({ receipt }) => (receipt === undefined ? [] : [receipt]));
    expect(receipts.length).toBeGreaterThan(KILLS);

    await audit.settled(60_000);
    const { verdict, eventIds } = await audit.verify();
    expect(verdict.kind).toBe('verified');
    expect(new Set(eventIds).size).toBe(eventIds.length);
    expect(await audit.size()).toBe(eventIds.length);
    const lost = receipts.filter((receipt) => eventIds[receipt.index] !== receipt.eventId || !audit.isGenuine(receipt));
    expect(lost).toEqual([]);

    // All that anybody was ever given: what was served meanwhile, what receipts carry, and what is kept for download.
    await watch.stop();
    for (const { checkpoint, cosigned } of receipts) {
      for (const raw of [checkpoint, cosigned]) if (raw !== undefined) watch.keep(openCheckpoint(raw, log.trust));
    }
    const offered = await log.checkpoints(exchange.description.ledger.checkpointsUrl);
    expect(offered.length).toBeGreaterThan(0);
    offered.forEach((checkpoint) => watch.keep(checkpoint));
    const seen = [...watch.seen.values()];
    const sizes = seen.map(({ size }) => size);
    expect(new Set(sizes).size).toBe(sizes.length);
    const held = await verifyLog(log.reader, log.witnessedTrust, { older: seen });
    expect(held.kind).toBe('verified');
    process.stderr.write(
      `${KILLS} kills: ${endings.length} queries, ${receipts.length} receipts, ${seen.length} checkpoints seen\n`,
    );
  }, 600_000);
});
