import type { Caller, ExchangeConnection } from './connection.js';
import { send } from './send.js';

const asking = { purpose: 'RECORDMGT', scope: 'exchange/identity.review' } as const;

function connectionOf(kind: Caller['kind'] | undefined, status = 200, headers: object = {}): ExchangeConnection {
  const answer = { status, headers, text: 'the exchange’s words', json: () => ({ ok: true }) };
  const client = { call: (_method: string, _url: string, options: object) => Promise.resolve({ ...answer, options }) };
  const caller = kind === undefined ? undefined : ({ kind, client } as unknown as Caller);
  return { gatewayUrl: 'https://gateway.example', caller };
}
const refusal = async (connection: ExchangeConnection, authority: Parameters<typeof send>[1]) =>
  send(connection, authority, 'GET', '/identity/reviews').then(
    () => undefined,
    ({ said }: { readonly said: string }) => said,
  );

it.each<[string, Caller['kind'] | undefined, true | undefined, RegExp | undefined]>([
  ['a person, for people', 'person', true, undefined],
  ['a person, for anybody', 'person', undefined, undefined],
  ['the operator’s machine, for anybody', 'system', undefined, undefined],
  ['the operator’s machine, for people', 'system', true, /^Nobody is signed in/],
  ['nobody', undefined, undefined, /^Nobody is signed in/],
])('goes in as %s', async (_who, kind, isForPeople, said) => {
  const authority = { ...asking, ...(isForPeople === undefined ? {} : { isForPeople }) };
  const told = await refusal(connectionOf(kind), authority);
  expect(told ?? 'done').toMatch(said ?? /^done$/);
});

it('says what to do where the sign-in is too old, and else what the exchange says', async () => {
  const challenge = 'DPoP error="insufficient_user_authentication", acr_values="urn:hie:aal2", max_age="300"';
  expect(await refusal(connectionOf('person', 401, { 'www-authenticate': challenge }), asking)).toMatch(
    /npx hie sign-in$/,
  );
  expect(await refusal(connectionOf('person', 401, { 'www-authenticate': 'DPoP' }), asking)).toBe(
    'the exchange’s words',
  );
  expect(await refusal(connectionOf('person', 403), asking)).toBe('the exchange’s words');
});
