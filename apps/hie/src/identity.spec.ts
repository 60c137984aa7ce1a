import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ExchangeConnection } from './connection.js';
import { type IdentityOptions, identity } from './identity.js';

const review = {
  reviewId: 'r-1',
  status: 'open',
  subject: 'record',
  reason: 'overlay',
  probability: 0.9,
  candidates: [1],
};
let asked: unknown[];
const connectionTo = (answer: unknown, kind: 'person' | 'system' = 'person') => {
  const call = (method: string, url: string, { body }: { readonly body?: unknown }) => {
    asked.push([method, url.replace('https://gateway.example/identity/', ''), ...(body === undefined ? [] : [body])]);
    return Promise.resolve({ status: 200, headers: {}, text: '', json: () => answer });
  };
  return { gatewayUrl: 'https://gateway.example', caller: { kind, client: { call } } } as unknown as ExchangeConnection;
};
beforeEach(() => {
  asked = [];
});
const why = { reason: 'seen the card' };
const next = '/identity/persons/p-1?since=2026-01-01T00%3A00%3A00.000Z&after=t-1.p-2';

it.each<[readonly string[], IdentityOptions, unknown]>([
  [['review', 'r-1'], {}, ['GET', 'reviews/r-1']],
  [
    ['decide', 'r-1', 'same'],
    { ...why, person: 'p-2' },
    ['POST', 'reviews/r-1/decisions', { verdict: 'same', ...why, personId: 'p-2' }],
  ],
  [['merge', 'p-1'], { ...why, into: 'p-2' }, ['POST', 'merges', { personId: 'p-1', survivorId: 'p-2', ...why }]],
  [['unmerge', 'p-1'], why, ['POST', 'unmerges', { personId: 'p-1', ...why }]],
  [['unlink', 'x-1'], why, ['POST', 'records/x-1/unlinking', why]],
  [['person', 'p-1'], {}, ['GET', 'persons/p-1']],
  [['person', 'p-1'], { next }, ['GET', 'persons/p-1?since=2026-01-01T00%3A00%3A00.000Z&after=t-1.p-2']],
  [['person', '../people'], {}, ['GET', 'persons/..%2Fpeople']],
  [['calibration'], {}, ['GET', 'calibration']],
  [['models'], {}, ['GET', 'models']],
  [['promote', 'v2'], {}, ['POST', 'models/v2/promotion', { confirmsImplausible: false }]],
  [['promote', 'v2'], { 'confirm-implausible': true }, ['POST', 'models/v2/promotion', { confirmsImplausible: true }]],
])('%j with %j asks for what it says, by whoever has signed in', async (words, options, request) => {
  expect(JSON.parse(await identity(connectionTo({ ok: true }), words, options))).toEqual({ ok: true });
  expect(asked).toEqual([request]);
  const byMachine = identity(connectionTo({}, 'system'), words, options);
  await expect(byMachine).rejects.toMatchObject({ said: expect.stringContaining('Nobody is signed in') as string });
  expect(asked).toHaveLength(1);
});

it('hands a model in from its file, with the thresholds of the exchange', async () => {
  const file = join(tmpdir(), `model-${process.pid}.json`);
  writeFileSync(file, JSON.stringify({ format: 'hie-match-model/1' }));
  await identity(connectionTo({ version: 'v2' }), ['add-model', file], {});
  expect(asked).toEqual([['POST', 'models', { model: { format: 'hie-match-model/1' } }]]);
});

it('lists reviews in lines, or as JSON', async () => {
  const found = connectionTo({ reviews: [review] });
  expect(await identity(found, ['reviews'], { status: 'open' })).toMatch(
    /^r-1 open +record +overlay +0\.900 +1 candidate$/,
  );
  expect(asked).toEqual([['GET', 'reviews?limit=200&status=open']]);
  expect(JSON.parse(await identity(found, ['reviews'], { json: true }))).toEqual([review]);
});

it.each<[readonly string[], IdentityOptions]>([
  [[], {}],
  [['review'], {}],
  [['unmerge', 'p-1'], {}],
  [['unlink', 'x-1'], {}],
  [['merge', 'p-1'], why],
  [['decide', 'r-1'], why],
  [['forget', 'p-1'], why],
  [['add-model'], {}],
  [['person', 'p-1'], { next: 'https://[' }],
])('%j with %j is told how to say it', async (words, options) => {
  await expect(identity(connectionTo({}), words, options)).rejects.toMatchObject({ code: 'usage' });
  expect(asked).toEqual([]);
});
