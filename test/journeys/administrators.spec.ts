// Who administers people: right after a sign-in, never their own access, and a recovery only by two.
import pg from 'pg';

import { LedgerWatch } from '../support/ledger-watch.js';
import { invite } from '../support/invite.js';
import { PersonBrowser, chromiumPath } from '../support/person-browser.js';
import { type PersonClient, type PersonTokens, refusalIn } from '../support/person-client.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { SignedInPerson } from '../support/signed-in-person.js';

const withChromium = chromiumPath() === undefined ? describe.skip : describe;

interface PersonView {
  readonly personId: string;
  readonly memberId: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly status: string;
}

withChromium('an administrator', () => {
  let exchange: SharedExchange;
  let database: pg.Client;
  let browser: PersonBrowser;
  let client: PersonClient;
  let own: string;
  let member: string;
  let tokens: PersonTokens;

  beforeAll(async () => {
    exchange = sharedExchange();
    database = new pg.Client({
      connectionString: exchange.description.database.url,
      options: '-c search_path=identity_provider',
    });
    await database.connect();
    browser = await PersonBrowser.open(exchange);
    client = await browser.newClient();
    member = exchange.hospitals[0]?.id ?? '';
    const invited = await invite(exchange, member, 'Ada Administrator', 'participant-administrator');
    own = invited.personId;
    await browser.enrol(invited.code);
    tokens = (await client.tokens(await browser.signIn(client), 'HSYSADMIN')).body;
  });

  afterAll(async () => {
    await browser.close();
    await client.close();
    await database.end();
    await exchange.close();
  });

  const call = <T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object, by = tokens) =>
    client.call<T>(method, path, by.access_token, body);

  it('sees the people of the own member, and of no other', async () => {
    const other = await invite(exchange, exchange.hospitals[1]?.id ?? '', 'Otto Other', 'clinician');
    const { status, body } = await call<{ people: PersonView[] }>('GET', '/people');
    expect(status).toBe(200);
    expect(body.people.map(({ personId }) => personId)).toContain(own);
    expect([...new Set(body.people.map(({ memberId }) => memberId))]).toEqual([member]);
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    const refused = await call('PUT', `/people/${other.personId}/roles/registrar`);
    expect([refused.status, refusalIn(refused)]).toEqual([404, 'person-unknown']);
    expect(await watch.one()).toMatchObject({ reason: 'person-of-another', requester: { userId: own } });
  });

  it('gives a role to another, and not one that reaches over the exchange', async () => {
    const { personId } = await invite(exchange, member, 'Nora Nurse', 'clinician');
    const given = await call<PersonView>('PUT', `/people/${personId}/roles/registrar`);
    expect(given).toMatchObject({ status: 200, body: { roles: ['clinician', 'registrar'] } });
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    const refused = await call('PUT', `/people/${personId}/roles/compliance-officer`);
    expect([refused.status, refusalIn(refused)]).toEqual([403, 'role-of-the-exchange']);
    expect(await watch.one()).toMatchObject({ reason: 'role-of-the-exchange', requester: { userId: own } });
  });

  it.each([
    ['PUT', '/roles/clinician', undefined],
    ['DELETE', '/roles/participant-administrator', undefined],
    ['POST', '/recovery', { appLost: false }],
    ['POST', '/disablement', { reason: 'a joke' }],
  ] as const)('does not change the own access: %s %s (ATTACKS G6)', async (method, path, body) => {
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    const refused = await call(method, `/people/${own}${path}`, body);
    expect([refused.status, refusalIn(refused)]).toEqual([403, 'own-access']);
    expect(await watch.one()).toMatchObject({ reason: 'own-access', requester: { userId: own } });
  });

  it('can not approve a recovery that they have asked for themselves (ATTACKS G3)', async () => {
    const { personId } = await invite(exchange, member, 'Lotte Lost', 'clinician');
    expect((await call('POST', `/people/${personId}/recovery`, { appLost: true })).status).toBe(202);
    const watch = await LedgerWatch.on(exchange, 'request.refused');
    const refused = await call('POST', `/people/${personId}/recovery/approval`);
    expect([refused.status, refusalIn(refused)]).toEqual([403, 'same-administrator']);
    expect(await watch.one()).toMatchObject({ reason: 'same-administrator', requester: { userId: own } });
    const second = await SignedInPerson.of(exchange, member, 'Zoe Second', 'participant-administrator');
    const path = `/people/${personId}/recovery/approval`;
    const approved = await second.call<{ code: string; usableAt: string }>('POST', path, 'HSYSADMIN');
    await second.close();
    expect(approved.status).toBe(200);
    const { code, usableAt } = approved.body;
    expect(Date.parse(usableAt) - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
    await browser.page.goto(`${browser.issuer}/enrol`);
    await browser.page.getByLabel('One-time code').fill(code);
    await browser.page.getByRole('button', { name: 'Continue' }).click();
    expect(await browser.page.locator('#error').innerText()).toContain('is not to be used yet');
  });

  it('is asked to sign in again for a change six minutes after the last time, and not for a look', async () => {
    const fresh = (await client.tokens(await browser.signIn(client), 'HSYSADMIN')).body;
    await database.query(
      `update oidc_payload set payload = jsonb_set(payload, '{authTime}', to_jsonb((payload->>'authTime')::int - 360))
       where model = 'RefreshToken' and payload->>'accountId' = $1`,
      [own],
    );
    const { body: older } = await client.refresh(fresh, 'HSYSADMIN');
    expect((await call('GET', '/people', undefined, older)).status).toBe(200);
    const change = await call('PUT', `/people/${own}/roles/clinician`, undefined, older);
    expect([change.status, refusalIn(change)]).toEqual([401, 'stronger-sign-in-required']);
    expect(change.headers['www-authenticate']).toBe(
      'DPoP error="insufficient_user_authentication", acr_values="urn:hie:aal2", max_age="300"',
    );
  });

  it('loses the sessions at once when disabled, and every token within its five minutes', async () => {
    const fresh = (await client.tokens(await browser.signIn(client), 'HSYSADMIN')).body;
    const url = `${exchange.description.gateway.url}/people/${own}/disablement`;
    const terms = { purpose: 'HSYSADMIN', scope: 'exchange/people.manage' };
    await exchange.operator.call('POST', url, { ...terms, body: { reason: 'left the hospital' } });
    expect((await client.refresh(fresh, 'HSYSADMIN')).body.error).toBe('invalid_grant');
    expect(await browser.failToSignIn(client)).toContain('You are not signed in');
  });
});
