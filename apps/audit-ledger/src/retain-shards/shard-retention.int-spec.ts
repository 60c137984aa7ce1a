// Half-years that are dropped on a real database, with witnesses: what keeps them, what stays of them, and whatever dies in between.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { TransactionClaims } from '@hie/purpose-of-use';
import { type TestSchema, applyIn, testSchema } from '@hie/testing-kit';
import { isIncluded, markOf, openCheckpoint, parseVerifierKey, verifyShards } from '@hie/transparency-log';

import { type ServiceLog, serviceLog } from '../append-event/service-log.fixture.js';
import { directoryShards } from '../keep-shards/directory-shards.js';
import { LedgerKeys } from '../patient-keys/ledger-keys.js';
import { PatientKeys } from '../patient-keys/patient-keys.js';
import { createTables } from '../read-entries/sealed-projection.fixture.js';
import { droppedRanges } from '../read-log/log-view.js';
import { EntryPageStore } from '../search-audit-events/entry-page.store.js';
import { ProjectionWatch } from '../watch-projection/projection-watch.js';

const OLD = ['2019h1', '2019h2', '2020h1'];
const NOW = Date.UTC(2026, 10, 22);
const MATTER = '2026/0117';
const claims = {
  txn: randomUUID(),
  sub: 'officer-desk',
  tctx: { purp: 'HCOMPL', org: 'operator' },
  rctx: { req_ip: '203.0.113.9' },
} as unknown as TransactionClaims;

let nowMs: number;
let schema: TestSchema;
let service: ServiceLog;
/** Somebody of whom the first half-year tells. */
let personId: string;
beforeEach(async () => {
  nowMs = Date.UTC(2019, 2, 1);
  personId = randomUUID();
  schema = await testSchema();
  await applyIn(schema, createTables);
  service = await serviceLog(schema.pool, { now: () => nowMs, shards: OLD });
  for (const [at, date] of [Date.UTC(2019, 2, 1), Date.UTC(2019, 8, 1), Date.UTC(2020, 2, 1), NOW].entries()) {
    nowMs = date;
    await service.tell({ receiptWanted: true, ...(at === 0 ? { personId } : {}) });
    await service.tell({ receiptWanted: true });
  }
  await eventually(() => service.shards.unvouched.length === 0);
});
afterEach(async () => {
  await service.close();
  await schema.drop();
});

const eventually = async (holds: () => boolean): Promise<void> => {
  for (let left = 1_600; !holds(); left -= 1) {
    if (left === 0) throw new RangeError('It has not come to be.');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};
const chain = async () => {
  await eventually(() => service.log.published.size === service.log.head.size);
  const { log, witnesses, quorum } = service.keys;
  const key = parseVerifierKey(log);
  const trust = { origin: key.name, logKeys: [key], witnesses: witnesses.map(parseVerifierKey), quorum };
  const store = directoryShards(service.root);
  const found = await verifyShards(trust, { readerOf: (name) => store.read(name), offered: await store.names() });
  return found.map(({ name, verdict, chain: fault }) => {
    const attestedBy = verdict.kind === 'dropped' ? verdict.attestedBy : undefined;
    return [name, fault?.reason ?? verdict.kind, ...(attestedBy ? [`${attestedBy.name}/${attestedBy.index}`] : [])];
  });
};
const plan = async () => (await service.retention.plan()).map(({ name, state, because }) => [name, state, ...because]);
const positions = async () => {
  const { rows } = await schema.pool.query<{ index: string }>('select index from entry order by index');
  return rows.map(({ index }) => Number(index));
};
const tiles = (name: string) => existsSync(join(service.root, name, 'tile'));
const span = (begin: number, end: number) => Array.from({ length: end - begin }, (_, at) => begin + at);
const WHOLE = [...OLD.map((name) => [name, 'verified']), ['2026h2', 'verified']];

it('says what would go and why the others stay, and changes nothing', async () => {
  expect(await plan()).toEqual([
    ['2019h1', 'droppable'],
    ['2019h2', 'droppable'],
    // Its closing entry came with the first of the next.
    ['2020h1', 'kept', 'newest-closed-shard', 'within-retention'],
    ['2026h2', 'kept', 'shard-open', 'not-cosigned', 'within-retention'],
  ]);
  expect(await chain()).toEqual(WHOLE);
});

it('drops one, once the log says so and the witnesses have vouched for it, and verifies by that word', async () => {
  const receipt = await service.retention.drop(['2019h1'], MATTER, claims);
  expect(receipt).toMatchObject({ shard: '2026h2', index: 3, dropped: ['2019h1'] });
  const trust = { origin: parseVerifierKey(service.keys.log).name, logKeys: [parseVerifierKey(service.keys.log)] };
  const { size, root } = openCheckpoint(receipt.checkpoint, trust);
  expect(isIncluded({ index: receipt.index, size, root, leafHash: receipt.leafHash }, receipt.proof)).toBe(true);

  await service.retention.settled();
  expect((await readdir(join(service.root, '2019h1'))).filter((name) => !name.startsWith('.')).sort()).toEqual([
    'checkpoint',
    'closing.tlog-proof',
    'head',
  ]);
  expect(await positions()).toEqual(span(3, 3 + 4 + 4 + 4));
  expect(await chain()).toEqual([['2019h1', 'dropped', '2026h2/3'], ...WHOLE.slice(1)]);
  expect((await plan())[0]).toEqual(['2019h1', 'dropped']);
  const { rows } = await schema.pool.query<{ head: object }>(
    `select head from entry where action = 'ledger.shard-dropped'`,
  );
  expect(rows.map(({ head }) => head)).toEqual([
    expect.objectContaining({
      requester: { memberId: 'operator', clientId: 'officer-desk', address: '203.0.113.9' },
      purpose: 'HCOMPL',
    }),
  ]);
});

it('goes on after a drop: places, counts, extent, another start, and the next drop, which names both', async () => {
  await service.retention.drop(['2019h2'], MATTER, claims);
  await service.retention.settled();
  await service.reopen();
  const receipt = await service.tell({ receiptWanted: true });
  expect([receipt!.shard, receipt!.index]).toEqual(['2026h2', 4]);
  const dropped = droppedRanges(service.shards.all);
  expect(dropped).toEqual([{ begin: 3, end: 7 }]);
  expect(await new EntryPageStore(schema.pool, {} as never).extent(dropped)).toBe(16);
  expect(await new EntryPageStore(schema.pool, {} as never).extent()).toBe(3);
  const told: unknown[] = [];
  const orders = { look: () => Promise.resolve() } as never;
  const alarm = { raise: (reason: unknown) => Promise.resolve(void told.push(reason)) };
  const watch = new ProjectionWatch(service.shards, service.standing, orders, alarm as never, {} as never);
  await watch.look(16);
  expect(told).toEqual([]);

  const { shard, index } = await service.retention.drop(['2019h1'], MATTER, claims);
  await service.retention.settled();
  const entry = await service.log.proofs.entry(index, service.log.head);
  expect(shard).toBe('2026h2');
  expect(markOf(entry)).toMatchObject({
    dropped: [{ origin: expect.stringContaining('2019h2') }, { origin: expect.stringContaining('2019h1') }],
    rule: '6 years after the last entry',
  });
  expect((await chain()).map(([name, state]) => [name, state])).toEqual([
    ...[
      ['2019h1', 'dropped'],
      ['2019h2', 'dropped'],
      ['2020h1', 'verified'],
      ['2026h2', 'verified'],
    ],
  ]);
});

describe('keeps a shard', () => {
  const refused = async (...names: string[]) => {
    await expect(service.retention.drop(names, MATTER, claims)).rejects.toMatchObject({ code: 'shard-kept' });
    await service.retention.settled();
    expect(await chain()).toEqual(WHOLE);
    expect(await positions()).toHaveLength(14);
  };

  it('with entries of a patient under legal hold, until that is lifted', async () => {
    const master = Buffer.alloc(32, 7);
    const ledgerKeys = new LedgerKeys({ masterKey: () => master, wrappingKeys: () => [master] } as never);
    const keys = new PatientKeys(schema.pool, ledgerKeys);
    const { keyId } = await keys.of(personId);
    await schema.pool.query('insert into legal_hold (hold_id, key_id, matter) values ($1, $2, $3)', [
      randomUUID(),
      keyId,
      MATTER,
    ]);
    expect((await plan()).slice(0, 2)).toEqual([
      ['2019h1', 'kept', 'legal-hold'],
      ['2019h2', 'droppable'],
    ]);
    await refused('2019h1');
    // Of an order that names one that stays, none goes.
    await refused('2019h2', '2019h1');
    await schema.pool.query('update legal_hold set lifted_at = now()');
    expect((await service.retention.drop(['2019h1'], MATTER, claims)).dropped).toEqual(['2019h1']);
  });

  it('on whose entries an open review stands', async () => {
    await schema.pool.query(
      `insert into review_case (case_id, txn, reason, opened_at, due_at)
       select gen_random_uuid(), txn, 'reported', now(), now() from entry where index = 1`,
    );
    expect((await plan())[0]).toEqual(['2019h1', 'kept', 'case-open']);
    await refused('2019h1');
  });

  it.each([['2020h1'], ['2026h2'], ['2018h1']])('that is the newest closed, open, or none: %s', (name) =>
    refused(name),
  );

  it('in its last millisecond', async () => {
    nowMs = Date.UTC(2025, 8, 1) - 1;
    expect((await plan())[0]).toEqual(['2019h1', 'kept', 'within-retention']);
    nowMs += 1;
    expect((await plan())[0]).toEqual(['2019h1', 'droppable']);
  });
});

describe('after a death', () => {
  it.each([
    ['as soon as the entry was durable', 'drop'],
    ['when its ends were kept', 'dropRows'],
    ['when its rows were gone', 'clear'],
  ] as const)('%s, the next start does what is left', async (_when, diesAt) => {
    const broken = diesAt === 'dropRows' ? (service.retention as never as { store: object }).store : service.shards;
    Object.assign(broken, { [diesAt]: () => Promise.reject(new Error('killed')) });
    await service.retention.drop(['2019h1'], MATTER, claims);
    await service.retention.settled();
    expect(tiles('2019h1')).toBe(true);
    expect((await chain())[0]?.[1]).toBe(diesAt === 'drop' ? 'verified' : 'dropped');
    await service.reopen();
    await service.retention.settled();
    expect(tiles('2019h1')).toBe(false);
    expect(await positions()).toEqual(span(3, 15));
    expect((await chain())[0]).toEqual(['2019h1', 'dropped', '2026h2/3']);
  });

  it('of the witnesses, nothing is removed', async () => {
    const { shards } = service;
    const vouchedFor = (name: string): number => shards.all.find((shard) => shard.name === name)?.head.size ?? 0;
    Object.assign(shards, { publishedOf: (name: string) => (name === '2026h2' ? 3 : vouchedFor(name)) });
    await service.retention.drop(['2019h1'], MATTER, claims);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect([tiles('2019h1'), (await positions()).length]).toEqual([true, 15]);
    delete (shards as Partial<Record<'publishedOf', unknown>>).publishedOf;
    await service.retention.settled();
    expect(tiles('2019h1')).toBe(false);
  });

  it('does not start with a shard that says it was dropped and of which no entry says so', async () => {
    await service.shards.drop('2019h1');
    expect((await chain())[0]).toEqual(['2019h1', 'shard-drop-unattested']);
    await expect(service.reopen()).rejects.toMatchObject({ code: 'shard-chain-broken' });
    await rm(join(service.root, '2019h1', 'closing.tlog-proof'));
    await service.reopen();
  });
});

it('lets no row go past the function, nor younger ones, nor any without an entry that says so', async () => {
  await expect(schema.pool.query('delete from entry where index = 0')).rejects.toThrow('append-only');
  await expect(schema.pool.query('select drop_entries(0, 3)')).rejects.toThrow('no entry says');
  await expect(schema.pool.query('select drop_entries(11, 14)')).rejects.toThrow('younger than six years');
  await service.retention.drop(['2019h1'], MATTER, claims);
  await service.retention.settled();
  await expect(schema.pool.query('update entry set at = now()')).rejects.toThrow('append-only');
  await expect(schema.pool.query('delete from entry')).rejects.toThrow('append-only');
});
