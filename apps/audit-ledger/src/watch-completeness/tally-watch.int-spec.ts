// The watch over real tables: what services say that they told, beside what is in the projection.
import { randomUUID } from 'node:crypto';

import type { AuditTally, ServiceName } from '@hie/contracts';
import { type TestSchema, applyIn, testSchema } from '@hie/testing-kit';
import type { QueryRunner } from 'typeorm';

import { insertEntries } from '../append-event/entry.store.js';
import { model } from '../persistence/model.js';
import type { GapAlert } from './gap-alerts.js';
import { TallyStore, noteTallies } from './tally.store.js';
import { TallyWatch } from './tally-watch.js';

describe('what a service says that it told', () => {
  let schema: TestSchema;
  let raised: GapAlert[];
  let watch: TallyWatch;
  let index = 0;
  beforeEach(async () => {
    schema = await testSchema();
    await applyIn(schema, async (runner: QueryRunner) => {
      for (const Migration of model.migrations) await new Migration().up(runner);
    });
    raised = [];
    const alerts = { raise: (alert: GapAlert) => Promise.resolve(void raised.push(alert)) };
    watch = new TallyWatch(new TallyStore(schema.pool), alerts as never, {} as never);
  });
  afterEach(() => schema.drop());

  const say = async (tally: Partial<AuditTally>): Promise<void> => {
    const said = {
      service: 'consent' as ServiceName,
      number: 1,
      eventIds: [],
      at: '2026-01-01T00:00:00.000Z',
      ...tally,
    };
    for (const statement of noteTallies([said])) await schema.pool.query(statement);
  };
  const append = async (eventId: string): Promise<void> => {
    index += 1;
    const head = { eventId, action: 'consent.filed', outcome: 'success', at: '2026-01-01T00:00:00.000Z', seals: [] };
    const row = { index, leafHash: Buffer.alloc(32), details: '', mac: Buffer.alloc(32) };
    const entry = { ...row, head: { ...head, service: 'consent' as const, sealedBy: 'consent' } };
    for (const statement of insertEntries([entry as never])) await schema.pool.query(statement);
  };
  const later = async (seconds: number): Promise<void> => {
    const by = `interval '${seconds} seconds'`;
    await schema.pool.query(`update awaited_event set told_at = told_at - ${by}`);
    await schema.pool.query(`update awaited_tally set noticed_at = noticed_at - ${by}`);
    await schema.pool.query(`update tallied_service set heard_at = heard_at - ${by}`);
  };
  const awaited = async (): Promise<number> => (await schema.pool.query('select 1 from awaited_event')).rowCount ?? 0;

  it('is awaited no more once it is in the log, before its tally or after', async () => {
    const [before, after] = [randomUUID(), randomUUID()];
    await append(before);
    await say({ eventIds: [before, after] });
    expect(await awaited()).toBe(1);
    await append(after);
    await later(30);
    await watch.look();
    expect(raised).toEqual([]);
    expect(await awaited()).toBe(0);
  });

  it('is missed by name after twenty seconds, once', async () => {
    const event = randomUUID();
    await say({ eventIds: [event] });
    await later(15);
    await watch.look();
    expect(raised).toEqual([]);
    await later(15);
    await watch.look();
    await watch.look();
    expect(raised).toEqual([
      { reason: 'entry-missing', service: 'consent', details: { event }, identity: `told ${event}` },
    ]);
  });

  it('is missed when the tally itself never came', async () => {
    await say({ number: 3 });
    await say({ number: 6 });
    await say({ number: 4 });
    await later(30);
    await watch.look();
    expect(raised).toMatchObject([{ reason: 'tally-missing', service: 'consent', details: { tally: 5 } }]);
  });

  it('lists no more than a hundred tallies that never came, however far a number jumps', async () => {
    await say({ number: 1 });
    await say({ number: 1_000_000_000 });
    expect((await schema.pool.query('select 1 from awaited_tally')).rowCount).toBe(100);
  });

  it('is missed when it says nothing for a minute, and again only after it was heard', async () => {
    watch.onApplicationBootstrap();
    const minuteLater = performance.now() + 61_000;
    await say({});
    await later(70);
    await watch.look();
    expect(raised).toEqual([]);
    await watch.look(minuteLater);
    await watch.look(minuteLater);
    expect(raised).toMatchObject([{ reason: 'tally-overdue', service: 'consent' }]);
    await say({ number: 2 });
    await later(70);
    await watch.look(minuteLater);
    expect(raised).toHaveLength(2);
    watch.onApplicationShutdown();
  });
});
