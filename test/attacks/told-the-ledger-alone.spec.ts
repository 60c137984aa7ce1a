// What is refused as if it were not there, because to say more would tell that it is: the ledger alone learns what was tried, and by whom.
import { randomUUID } from 'node:crypto';

import { PERSON_ACR, type Role } from '@hie/purpose-of-use';

import { eventually, matchBody } from '../support/doors.js';
import { type DoorAnswer, Forger } from '../support/forger.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { invite } from '../support/invite.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

/** Somebody who has just signed in with a passkey. */
interface Person {
  readonly memberId: string;
  readonly role: Role;
  readonly purpose_of_use: string;
  readonly scope: string;
}

interface Notice {
  readonly noticeId: string;
  readonly memberId: string;
  readonly txn: string;
}

describe('of another member,', () => {
  let exchange: SharedExchange;
  let forger: Forger;
  const userId = randomUUID();
  beforeAll(async () => {
    exchange = sharedExchange();
    forger = await Forger.at(exchange);
  });
  afterAll(async () => {
    await forger.close();
    await exchange.close();
  });

  function ask(
    { memberId, role, ...granted }: Person,
    method: string,
    path: string,
    body?: object,
  ): Promise<DoorAnswer> {
    const token = forger.issued({
      ...{ ...granted, sub: userId, member_id: memberId, client_id: 'hie-console', client_key: undefined },
      ...{ acr: PERSON_ACR, amr: ['pop', 'user', 'mfa', 'hwk'], roles: [role] },
      auth_time: Math.floor(Date.now() / 1000),
    });
    const url = `${exchange.description.gateway.url}${path}`;
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const headers = { ...forger.presenting(token, method, url), ...json };
    return forger.ask(url, headers, method, body === undefined ? undefined : JSON.stringify(body));
  }
  const loopback = expect.stringMatching(/^(127\.0\.0\.1|::1)$/) as string;
  const tried = (reason: string, memberId: string) => ({
    ...{ outcome: 'refused', reason, requester: { memberId, userId, address: loopback } },
  });

  it('a person is answered as nobody, and the ledger has who asked about whom they may not', async () => {
    const { personId } = await invite(exchange, 'harborview', 'Pia Person', 'clinician');
    const administrator: Person = {
      memberId: 'mercy-general',
      role: 'participant-administrator',
      purpose_of_use: 'HSYSADMIN',
      scope: 'exchange/people.manage',
    };
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    const nobody = await ask(administrator, 'PUT', `/people/${randomUUID()}/roles/registrar`);
    const another = await ask(administrator, 'PUT', `/people/${personId}/roles/registrar`);
    expect([another.status, another.code]).toEqual([404, 'person-unknown']);
    expect(another.text).toBe(nobody.text);
    expect(Object.keys(another.headers)).toEqual(Object.keys(nobody.headers));
    expect(await watch.one()).toMatchObject(tried('person-of-another', 'mercy-general'));
  });

  it('a notice of a broken glass is answered as none, and the ledger has who would have taken note of it', async () => {
    const story = await leadStory(exchange);
    const asked = matchBody(await arrivingPatient(exchange, story));
    const reason = { name: 'reason', valueString: 'Unconscious, and nobody who could be asked.' };
    const clinician: Person = {
      memberId: story.arrival.hospitalId,
      role: 'clinician',
      purpose_of_use: 'BTG',
      scope: 'user/*.rs',
    };
    const broken = await ask(clinician, 'POST', '/break-glass', {
      ...asked,
      parameter: [...(asked.parameter ?? []), reason],
    });
    expect(broken.status).toBe(200);
    const txn = (JSON.parse(broken.text) as { queryUrl: string }).queryUrl.split('/').at(-1);
    const officer = (memberId: string): Person => ({
      ...{ memberId, role: 'compliance-officer', purpose_of_use: 'HCOMPL', scope: 'exchange/notices.read' },
    });
    const { noticeId, memberId } = await eventually(async () => {
      const url = `${exchange.description.gateway.url}/break-glass-notices`;
      const list = await exchange.operator.call('GET', url, { purpose: 'HCOMPL', scope: 'exchange/notices.read' });
      return list.json<{ notices: Notice[] }>().notices.find((notice) => notice.txn === txn);
    }, 60_000);
    const other = exchange.hospitals.find(({ id }) => id !== memberId)?.id as string;
    const acknowledge = (by: string, id: string) =>
      ask(officer(by), 'POST', `/break-glass-notices/${id}/acknowledgement`);
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    const none = await acknowledge(other, randomUUID());
    const another = await acknowledge(other, noticeId);
    expect([another.status, another.code]).toEqual([404, 'notice-not-found']);
    expect(another.text).toBe(none.text);
    expect(await watch.one()).toMatchObject(tried('notice-of-another', other));
    expect((await acknowledge(memberId, noticeId)).status).toBe(204);
  }, 90_000);
});
