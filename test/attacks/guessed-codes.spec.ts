// ATTACKS.md D8 at the identity provider's pages: one-time codes, an app's codes and passkeys' answers, tried as fast as they can be posted.
import { randomUUID } from 'node:crypto';

import { SoftwareAuthenticator } from '@hie/testing-kit';
import { Agent, request } from 'undici';

import { LedgerWatch } from '../support/ledger-watch.js';
import { invite } from '../support/invite.js';
import { PersonClient } from '../support/person-client.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

/** Well over what one address may ask of the identity provider in a minute (600). */
const MOST = 1_500;
const AT_ONCE = 8;
const MEMBER = 'harborview';

describe('at the identity provider’s pages', () => {
  let exchange: SharedExchange;
  let issuer: string;
  const agents = new Map<string, Agent>();
  beforeAll(() => {
    exchange = sharedExchange();
    ({ issuer } = exchange.description.identityProvider);
  });
  afterAll(async () => {
    await Promise.all([...agents.values()].map((agent) => agent.close()));
    await exchange.close();
  });

  /** Somebody at an address of this machine; 127.0.0.1 is the other tests' own. */
  function from(address: string): Agent {
    const known = agents.get(address);
    if (known !== undefined) return known;
    const agent = new Agent({ connect: { ca: exchange.ca }, localAddress: address, connections: AT_ONCE });
    agents.set(address, agent);
    return agent;
  }
  async function send(dispatcher: Agent, path: string, form?: Readonly<Record<string, string>>, cookie = '') {
    const answer = await request(new URL(path, issuer), {
      dispatcher,
      headers: { cookie, ...(form === undefined ? {} : { origin: new URL(issuer).origin, ...FORM }) },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form).toString() }),
    });
    await answer.body.dump();
    const cookies = [answer.headers['set-cookie'] ?? []].flat().map((each) => each.split(';', 1)[0]);
    return { status: answer.statusCode, headers: answer.headers, cookie: cookies.join('; ') };
  }
  /** Posts until it is told to wait, many at once. @returns the other answers' statuses, and how long to wait. */
  async function flood(post: () => ReturnType<typeof send>) {
    const statuses = new Set<number>();
    let retryAfter: number | undefined;
    let sent = 0;
    const one = async (): Promise<void> => {
      while (retryAfter === undefined && sent < MOST) {
        sent += 1;
        const { status, headers } = await post();
        if (status === 429) retryAfter = Number(headers['retry-after']);
        else statuses.add(status);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    return { statuses: [...statuses], retryAfter };
  }

  it('D8: one-time codes guessed from one address end in 429, the right one too; others enrol meanwhile', async () => {
    const { code } = await invite(exchange, MEMBER, 'Gwen Guessed', 'clinician');
    const guesser = from('127.0.0.4');
    const guessed = await flood(() => send(guesser, '/enrol', { code: randomUUID() }));
    expect(guessed.statuses).toEqual([403]);
    expect(guessed.retryAfter).toBeGreaterThan(0);
    expect((await send(guesser, '/enrol', { code })).status).toBe(429);
    expect(await send(from('127.0.0.1'), '/enrol', { code })).toMatchObject({
      ...{ status: 303, headers: { location: '/enrol/app' } },
    });
  }, 120_000);

  it('D8: an app’s code is tried five times for one account, from however many addresses', async () => {
    const { code, personId } = await invite(exchange, MEMBER, 'Abel App', 'clinician');
    const watch = await LedgerWatch.on(exchange, 'enrolment.refused');
    const addresses = Array.from({ length: 5 }, (_, at) => `127.0.0.${20 + at}`);
    for (const address of addresses) {
      const { cookie } = await send(from(address), '/enrol', { code });
      expect((await send(from(address), '/enrol/app', { code: 'a guess' }, cookie)).status).toBe(403);
    }
    // A page that says no: a code that opens something leads on.
    expect((await send(from('127.0.0.1'), '/enrol', { code })).status).toBe(403);
    const own = await watch.untilThere((entries) => {
      const found = entries.filter(({ requester }) => (requester as { userId?: string }).userId === personId);
      return found.length === addresses.length + 1 ? found : undefined;
    });
    expect(own.map(({ reason, requester }) => [reason, (requester as { address?: string }).address])).toEqual([
      ['invitation-used', '127.0.0.1'],
      ['app-codes-exhausted', '127.0.0.24'],
      ...['127.0.0.23', '127.0.0.22', '127.0.0.21', '127.0.0.20'].map((address) => ['app-code-wrong', address]),
    ]);
  });

  it('D8: passkeys’ answers from one address end in 429; others come to the sign-in page meanwhile', async () => {
    const client = await PersonClient.of(exchange, 'http://127.0.0.1:1/callback');
    const begin = (agent: Agent) => send(agent, client.authorizationUrl());
    const flooding = from('127.0.0.5');
    const { headers, cookie } = await begin(flooding);
    const { origin, hostname } = new URL(issuer);
    const answer = new SoftwareAuthenticator().get({ challenge: 'AAAA', origin, rpId: hostname });
    const form = { credential: JSON.stringify(answer) };
    const watch = await LedgerWatch.on(exchange, 'sign-in.refused');
    const posted = await flood(() => send(flooding, String(headers['location']), form, cookie));
    expect(posted.statuses).toEqual([403]);
    expect(posted.retryAfter).toBeGreaterThan(0);
    const [newest] = await watch.untilThere((entries) => (entries.length > 0 ? entries : undefined));
    expect(newest).toMatchObject({ reason: 'passkey-unknown', requester: { address: '127.0.0.5' } });
    expect((await begin(flooding)).status).toBe(429);
    expect((await begin(from('127.0.0.1'))).status).toBe(303);
    await client.close();
  }, 120_000);
});

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
