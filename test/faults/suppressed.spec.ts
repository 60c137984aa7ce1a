// ATTACKS.md F12: an audit event is deleted from its outbox before anybody could send it. A Merkle tree can not show what never went in.
import pg from 'pg';
import { request } from 'undici';

import { eventually } from '../support/doors.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const MINUTE_MS = 60_000;

describe('F12: an event deleted from the outbox of a service that was killed', () => {
  let exchange: SharedExchange;
  let database: pg.Client;
  beforeAll(async () => {
    exchange = sharedExchange();
    database = new pg.Client({ connectionString: exchange.description.database.url });
    await database.connect();
  });
  afterAll(async () => {
    await control('ready', 'participants');
    await eventually(async () => ((await suspension('DELETE')).status === 200 ? true : undefined));
    await database.end();
    await exchange.close();
  }, 60_000);

  const control = async (verb: string, name: string): Promise<void> => {
    const { statusCode, body } = await request(`${exchange.controlUrl}/${verb}/${name}`, { method: 'POST' });
    expect([statusCode, await body.text()]).toEqual([204, '']);
  };
  const suspension = (method: 'POST' | 'DELETE') =>
    exchange.operator.call(method, `${exchange.description.gateway.url}/members/lakeside/suspension`, {
      ...{ purpose: 'HSYSADMIN', scope: 'exchange/participants.manage' },
      ...(method === 'POST' ? { body: { reason: 'a test of the ledger' } } : {}),
    });
  const waiting = async (): Promise<number> => (await database.query('select from participants.outbox')).rowCount ?? 0;
  const toldLately = async (): Promise<readonly string[]> => {
    const { rows } = await database.query<{ id: string }>('select event_id as id from participants.told_event');
    return rows.map(({ id }) => id);
  };

  it('is missed by name within a minute, and nothing else is', async () => {
    const gaps = await LedgerWatch.on(exchange, 'ledger.gap-found');
    const suspensions = await LedgerWatch.on(exchange, 'member.suspended');
    // A token for it, while tokens are to be had.
    expect((await suspension('DELETE')).status).toBe(200);
    await eventually(async () => ((await waiting()) === 0 ? true : undefined));

    await control('down', 'kafka');
    let told: readonly string[] = [];
    try {
      expect((await suspension('POST')).status).toBe(200);
      await control('down', 'participants');
      told = await toldLately();
      const { rowCount } = await database.query(`delete from participants.outbox where topic = 'audit.events.v1'`);
      expect(rowCount).toBe(1);
    } finally {
      await control('up', 'kafka');
      await control('up', 'participants');
    }
    const deletedMs = Date.now();

    const missed = await eventually(async () => (await gaps.since()).at(0)?.entry, MINUTE_MS + 15_000);
    expect(missed).toMatchObject({ reason: 'entry-missing', details: { service: 'participants' } });
    expect(told).toContain((missed['details'] as { event: string }).event);
    expect(Date.parse(missed.at) - deletedMs).toBeLessThan(MINUTE_MS);
    expect(await gaps.since()).toHaveLength(1);
    expect(await suspensions.since()).toEqual([]);
  }, 150_000);
});
