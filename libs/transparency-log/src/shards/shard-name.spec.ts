import {
  compareShards,
  isShardName,
  nextShard,
  shardAt,
  shardEndMs,
  shardOfOrigin,
  shardOrigin,
} from './shard-name.js';

it.each([
  ['2026-01-01T00:00:00.000Z', '2026h1'],
  ['2026-06-30T23:59:59.999Z', '2026h1'],
  ['2026-07-01T00:00:00.000Z', '2026h2'],
  ['2026-12-31T23:59:59.999Z', '2026h2'],
  ['2027-01-01T00:00:00.000Z', '2027h1'],
])('at %s it is %s', (at, name) => {
  expect(shardAt(Date.parse(at))).toBe(name);
});

it.each([
  ['2026h1', Date.UTC(2026, 6, 1)],
  ['2026h2', Date.UTC(2027, 0, 1)],
  ['2026h2-7', Date.UTC(2027, 0, 1)],
])('%s ends when the next half-year begins', (name, end) => {
  expect(shardEndMs(name)).toBe(end);
  expect(shardAt(end - 1)).toBe(name.split('-')[0]);
});

it.each([
  ['2026h2', Date.UTC(2026, 8), '2026h2-2'],
  ['2026h2-2', Date.UTC(2026, 8), '2026h2-3'],
  ['2026h2-9', Date.UTC(2026, 8), '2026h2-10'],
  ['2026h2-3', Date.UTC(2027, 1), '2027h1'],
  ['2026h2', Date.UTC(2029, 8), '2029h2'],
  // A clock that went back makes no older shard.
  ['2027h1', Date.UTC(2026, 1), '2027h1-2'],
])('after %s comes, by the clock, the right one', (name, nowMs, next) => {
  expect(nextShard(name, nowMs)).toBe(next);
  expect(compareShards(next, name)).toBeGreaterThan(0);
});

it.each(['2026h3', '2026h0', '26h1', '2026h2-1', '2026h2-0', '2026h2-01', '2026H2', '2026h2/', ''])(
  'takes %j for no shard',
  (name) => {
    expect(isShardName(name)).toBe(false);
    expect(shardOfOrigin(`ledger.example/${name}`)).toBeUndefined();
  },
);

it('has its origin below the chain’s', () => {
  expect(shardOrigin('ledger.example/log', '2026h2')).toBe('ledger.example/log/2026h2');
  expect(shardOfOrigin('ledger.example/log/2026h2')).toEqual({ base: 'ledger.example/log', name: '2026h2' });
  expect(shardOfOrigin('2026h2')).toBeUndefined();
});
