// The members' witnesses die, all of them and again and again, while the exchange is asked: no query waits for them, and afterwards they
// vouch for one history without a gap.
import { verifyLog } from '@hie/transparency-log';
import { request } from 'undici';

import { LedgerAudit } from '../support/ledger-audit.js';
import { runLoad } from '../support/load.js';
import { PublicLog } from '../support/public-log.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const WITNESSES = ['witness-1', 'witness-2', 'witness-3'];
const DEADLINE_MS = 5_000;

describe('witnesses that die', () => {
  let exchange: SharedExchange;
  let ledger: LedgerAudit;
  let log: PublicLog;
  beforeAll(() => {
    exchange = sharedExchange();
    ledger = new LedgerAudit(exchange);
    log = new PublicLog(exchange);
  });
  afterAll(async () => {
    await Promise.all([ledger.close(), log.close()]);
    await exchange.close();
  });

  const control = async (verb: 'kill' | 'ready', name: string): Promise<void> => {
    const { statusCode, body } = await request(`${exchange.controlUrl}/${verb}/${name}`, { method: 'POST' });
    await body.dump();
    expect(statusCode).toBe(204);
  };

  it('hold up no receipt, and vouch for all of it afterwards', async () => {
    const before = await log.checkpoints(exchange.description.ledger.checkpointsUrl);
    for (let round = 0; round < 3; round += 1) {
      const endings = await runLoad(exchange, {
        queries: 24,
        inFlight: 4,
        deadlineMs: DEADLINE_MS,
        after: { ended: 4, run: async () => void (await Promise.all(WITNESSES.map((name) => control('kill', name)))) },
      });
      expect(endings.filter(({ status, receipt }) => status !== 200 || receipt === undefined)).toEqual([]);
      await Promise.all(WITNESSES.map((name) => control('ready', name)));
    }
    await ledger.settled();
    expect((await ledger.verify()).verdict.kind).toBe('verified');
    const older = await log.checkpoints(exchange.description.ledger.checkpointsUrl);
    expect(older.length).toBeGreaterThan(before.length);
    expect(await verifyLog(log.reader, log.witnessedTrust, { older })).toMatchObject({ kind: 'verified' });
  }, 180_000);
});
