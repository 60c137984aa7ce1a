// ATTACKS.md A24: a key of a client that was lost is worth nothing two seconds after it was withdrawn, whatever was got with it before.
import { setTimeout as pause } from 'node:timers/promises';

import { type CallAnswer, type OAuthClient, TokenRefused } from '@hie/exchange-client';
import { calculateJwkThumbprint } from 'jose';

import { codeOf, eventually, treatment } from '../support/doors.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import {
  type ClientKeyPair,
  type NewMember,
  administration,
  bringIn,
  newClientKey,
  untilKnown,
} from '../support/new-member.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const OUT_WITHIN_MS = 2_000;

describe('a client’s keys', () => {
  let exchange: SharedExchange;
  let member: NewMember;
  const [lost, kept] = [newClientKey('emr-1'), newClientKey('emr-2')];
  beforeAll(async () => {
    exchange = sharedExchange();
    member = await bringIn(exchange, lost);
  });
  afterAll(() => exchange.close());

  const door = (): string =>
    `${exchange.description.gateway.url}/members/${member.memberId}/clients/${member.clientId}/keys`;
  const add = (key: object) => exchange.operator.call('POST', door(), { ...administration, body: key });
  const withdraw = async ({ publicJwk }: ClientKeyPair) =>
    exchange.operator.call('DELETE', `${door()}/${await calculateJwkThumbprint(publicJwk as never)}`, administration);
  const ask = (client: OAuthClient): Promise<CallAnswer> =>
    client.call('GET', `${exchange.description.gateway.fhirUrl}/AllergyIntolerance?patient=1`, treatment);
  const problem = (answer: CallAnswer) => [answer.status, answer.json<{ code?: string }>().code];

  it('A24: a withdrawn key gets no token, and one that was got with it opens nothing; the other key works', async () => {
    const [lostClient, keptClient] = [member.clientWith(lost), member.clientWith(kept)];
    await untilKnown(lostClient);
    const added = await LedgerWatch.on(exchange, 'client-key.added');
    expect((await add(kept.publicJwk)).status).toBe(201);
    const thumbprint = await calculateJwkThumbprint(kept.publicJwk as never);
    const details = { member: member.memberId, client: member.clientId };
    expect(await added.one()).toMatchObject({ outcome: 'success', details: { ...details, thumbprint } });
    await untilKnown(keptClient);
    const held = await lostClient.token(treatment);
    await eventually(async () => ((await ask(lostClient)).status === 404 ? true : undefined));

    const watch = await LedgerWatch.on(exchange, 'client-key.withdrawn');
    expect((await withdraw(lost)).status).toBe(200);
    await pause(OUT_WITHIN_MS);
    expect(await watch.one()).toMatchObject({ outcome: 'success', details });

    const refused = await LedgerWatch.on(exchange, 'request.refused');
    const answer = await ask(lostClient);
    expect(await lostClient.token(treatment)).toEqual(held);
    expect([answer.status, codeOf(answer)]).toEqual([401, 'not-authenticated']);
    expect(await refused.one()).toMatchObject({ outcome: 'refused', reason: 'client-key-unknown' });

    const noToken = await LedgerWatch.on(exchange, 'token.refused');
    await expect(member.clientWith(lost).token(treatment)).rejects.toThrow(TokenRefused);
    expect(await noToken.one()).toMatchObject({ reason: 'invalid_client' });
    expect((await ask(keptClient)).status).toBe(404);
    expect((await ask(member.clientWith(kept))).status).toBe(404);
  });

  it('A24: a withdrawn key does not come back, and the last one is not withdrawn', async () => {
    expect(problem(await add({ ...lost.publicJwk, kid: 'emr-3' }))).toEqual([409, 'key-withdrawn']);
    expect(problem(await add(kept.publicJwk))).toEqual([409, 'key-known']);
    expect(problem(await add(kept.privateJwk))).toEqual([422, 'key-invalid']);
    expect(problem(await withdraw(lost))).toEqual([404, 'key-unknown']);
    expect(problem(await withdraw(kept))).toEqual([409, 'last-key']);
  });
});
