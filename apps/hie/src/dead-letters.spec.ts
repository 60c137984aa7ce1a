import type { ExchangeConnection } from './connection.js';
import { deadLetters } from './dead-letters.js';

const TOPIC = 'audit.events.v1';
const letter = {
  topic: TOPIC,
  offset: '7',
  refusal: 'defect',
  putAsideAt: '2026-03-01T12:00:00.000Z',
  isHandled: false,
};
let asked: unknown[];
const connectionTo = (answer: unknown, kind: 'person' | 'system' = 'person') => {
  const call = (method: string, url: string, { body }: { readonly body?: unknown }) => {
    asked.push([method, url.replace('https://gateway.example', ''), ...(body === undefined ? [] : [body])]);
    return Promise.resolve({ status: 200, headers: {}, text: '', json: () => answer });
  };
  return { gatewayUrl: 'https://gateway.example', caller: { kind, client: { call } } } as unknown as ExchangeConnection;
};
beforeEach(() => {
  asked = [];
});

it.each<[string, object, RegExp]>([
  ['nothing', { letters: [], others: 0 }, /^nothing is put aside$/],
  ['a letter', { letters: [letter], others: 0 }, /^2026-03-01T12:00:00\.000Z audit\.events\.v1 +7 defect$/],
  ['one that was handled', { letters: [{ ...letter, isHandled: true }], others: 0 }, /defect \(handled since\)$/],
  ['strangers’ letters alone', { letters: [], others: 2 }, /^2 beside these are not this service’s own$/],
])('lists %s', async (_name, found, said) => {
  expect(await deadLetters(connectionTo(found), ['list', 'audit-ledger'], {})).toMatch(said);
  expect(asked).toEqual([['GET', '/dead-letters/audit-ledger']]);
});

it('has one handled again, and fails where it is refused', async () => {
  const words = ['replay', 'audit-ledger', TOPIC, '7'];
  expect(await deadLetters(connectionTo({ outcome: 'handled' }), words, {})).toBe(`${TOPIC} 7: handled`);
  expect(asked).toEqual([['POST', '/dead-letters/audit-ledger/replays', { topic: TOPIC, offset: '7' }]]);
  const refused = deadLetters(connectionTo({ outcome: 'refused', code: 'superseded' }), words, {});
  await expect(refused).rejects.toMatchObject({ code: 'refused', said: `${TOPIC} 7: refused again, superseded` });
});

it('is for whoever has signed in', async () => {
  const byMachine = deadLetters(connectionTo({}, 'system'), ['list', 'audit-ledger'], {});
  await expect(byMachine).rejects.toMatchObject({ said: expect.stringContaining('Nobody is signed in') as string });
  expect(asked).toEqual([]);
});

it.each([[['list']], [['list', 'consent', TOPIC]], [['replay', 'consent', TOPIC]], [['drop', 'consent']]])(
  'takes no other words: %j',
  async (words) => {
    await expect(deadLetters(connectionTo({}), words, {})).rejects.toMatchObject({ code: 'usage' });
  },
);
