import type { ExchangeConnection } from './connection.js';
import { people } from './people.js';

const person = {
  ...{ personId: 'p-1', memberId: 'lakeside', name: 'Nora Nurse', status: 'active', roles: ['clinician', 'registrar'] },
  ...{ authenticators: 2, lastActiveAt: '2026-03-01T12:00:00.000Z' },
};
const invitation = { personId: 'p-1', code: 'AAAAA-BBBBB', usableAt: '2026-03-02', expiresAt: '2026-03-04' };
let asked: unknown[];
const connectionOf = (kind: 'person' | 'system') => {
  const call = (method: string, url: string, { body }: { readonly body?: unknown }) => {
    asked.push([method, url.replace('https://gateway.example', ''), ...(body === undefined ? [] : [body])]);
    const isCode = /approval$|\/people$/.test(url);
    return Promise.resolve({ status: 200, headers: {}, text: '', json: () => (isCode ? invitation : person) });
  };
  const connection = { gatewayUrl: 'https://gateway.example', caller: { kind, client: { call } } };
  return connection as unknown as ExchangeConnection;
};
beforeEach(() => {
  asked = [];
});

it.each<[readonly string[], object, unknown, RegExp]>([
  [['grant', 'p-1', 'registrar'], {}, ['PUT', '/people/p-1/roles/registrar'], /clinician registrar$/],
  [['withdraw', 'p-1', 'registrar'], {}, ['DELETE', '/people/p-1/roles/registrar'], /^p-1 lakeside/],
  [['recover', 'p-1'], { 'app-lost': true }, ['POST', '/people/p-1/recovery', { appLost: true }], /another admin/],
  [['recover', 'p-1'], {}, ['POST', '/people/p-1/recovery', { appLost: false }], /another admin/],
  [['approve', 'p-1'], {}, ['POST', '/people/p-1/recovery/approval'], /^code +AAAAA-BBBBB\nusable +2026-03-02$/m],
])('%j is for whoever has signed in', async (words, options, request, said) => {
  expect(await people(connectionOf('person'), words, options)).toMatch(said);
  expect(asked).toEqual([request]);
  const byMachine = people(connectionOf('system'), words, options);
  await expect(byMachine).rejects.toMatchObject({ said: expect.stringContaining('Nobody is signed in') as string });
  expect(asked).toHaveLength(1);
});

it('invites as a machine too, so that there is a first administrator', async () => {
  const options = { name: 'Ada', email: 'ada@people.example', role: ['exchange-administrator'] };
  expect(await people(connectionOf('system'), ['invite', 'exchange-operator'], options)).toContain('AAAAA-BBBBB');
  const body = { memberId: 'exchange-operator', name: 'Ada', email: 'ada@people.example', roles: options.role };
  expect(asked).toEqual([['POST', '/people', body]]);
});

it.each([[['grant', 'p-1']], [['withdraw', 'p-1']], [['recover']], [['rename', 'p-1']]])(
  'takes no other words: %j',
  async (words) => {
    await expect(people(connectionOf('person'), words, {})).rejects.toMatchObject({ code: 'usage' });
    expect(asked).toEqual([]);
  },
);
