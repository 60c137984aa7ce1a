import type { ExchangeConnection } from './connection.js';
import { ledger } from './ledger.js';

const plan = {
  years: 6,
  shards: [
    { name: '2019h1', state: 'droppable', entries: 1_200, because: [], periodEnds: '2025-07-01T00:00:00.000Z' },
    { name: '2019h2', state: 'kept', entries: 3, because: ['legal-hold'], periodEnds: '2026-01-01T00:00:00.000Z' },
    {
      name: '2026h2',
      state: 'kept',
      entries: 9,
      because: ['shard-open', 'within-retention'],
      periodEnds: '2032-11-22T00:00:00.000Z',
    },
  ],
};
let asked: { readonly method: string; readonly url: string; readonly body?: unknown }[];
const connectionOf = (kind: 'person' | 'system') =>
  ({
    gatewayUrl: 'https://gateway.example',
    caller: {
      kind,
      client: {
        call: (method: string, url: string, { body }: { body?: unknown }) => {
          asked.push({ method, url, ...(body === undefined ? {} : { body }) });
          const answer = method === 'GET' ? plan : { shard: '2026h2', index: 9, dropped: ['2019h1'] };
          return Promise.resolve({ status: 200, text: '', json: () => answer });
        },
      },
    },
  }) as unknown as ExchangeConnection;
const connection = connectionOf('person');
beforeEach(() => {
  asked = [];
});

it('shows what may go, and why the others stay', async () => {
  expect((await ledger(connection, ['retention'], {})).split('\n')).toEqual([
    'kept for 6 years after the last entry',
    '2019h1     droppable  1,200 entries            since 2025-07-01T00:00:00.000Z',
    '2019h2     kept       3 entries                legal-hold',
    '2026h2     kept       9 entries                shard-open, within-retention until 2032-11-22T00:00:00.000Z',
  ]);
});

it('drops nothing in a dry run, and says so of what is not there', async () => {
  const said = await ledger(connection, ['drop', '2019h1', '2018h1'], { 'dry-run': true, matter: '2026/1' });
  expect(said).toMatch(/2019h1 +droppable[^]*2018h1 +kept +0 entries +no-such-shard/);
  expect(asked.map(({ method }) => method)).toEqual(['GET']);
});

it('drops under a file number, and not without', async () => {
  await expect(ledger(connection, ['drop', '2019h1'], {})).rejects.toMatchObject({
    said: expect.stringContaining('--matter'),
  });
  expect(asked).toEqual([]);
  expect(await ledger(connection, ['drop', '2019h1'], { matter: '2026/1' })).toContain('entry 2026h2/9');
  const body = { shards: ['2019h1'], matter: '2026/1' };
  expect(asked).toEqual([{ method: 'POST', url: 'https://gateway.example/ledger/retention/drops', body }]);
});

it('lets the operator’s machine look, and asks nobody’s leave where nobody has signed in', async () => {
  const machine = connectionOf('system');
  expect(await ledger(machine, ['retention'], {})).toContain('2019h1');
  await expect(ledger(machine, ['drop', '2019h1'], { matter: '2026/1' })).rejects.toMatchObject({
    said: expect.stringContaining('Nobody is signed in'),
  });
  expect(asked.map(({ method }) => method)).toEqual(['GET']);
});

it.each([[['drop']], [['retention', '2019h1']], [['forget', '2019h1']], [[]]])(
  'takes no other words: %j',
  async (words) => {
    await expect(ledger(connection, words, {})).rejects.toMatchObject({ code: 'usage' });
  },
);
