// A person from the invitation to the record, in a real browser with a virtual authenticator: what a sign-in opens, and what it does not.
import type { ShownEntry } from '@hie/local-exchange';
import type { Story } from '@hie/population';
import type { Bundle, OperationOutcome, Patient } from '@medplum/fhirtypes';
import { decodeJwt } from 'jose';
import pg from 'pg';

import { accessibilityFaults } from '../support/accessibility.js';
import { eventually, matchBody } from '../support/doors.js';
import { invite } from '../support/invite.js';
import { PersonBrowser, chromiumPath } from '../support/person-browser.js';
import { type PersonClient, type PersonTokens, refusalIn } from '../support/person-client.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, storiesOf } from '../support/stories.js';
import type { HeldPasskey } from '../support/virtual-authenticator.js';

interface Notice {
  readonly noticeId: string;
  readonly txn: string;
  readonly memberId: string;
  readonly requester: object;
  readonly patient: { readonly reference: string };
  readonly reviewCaseId: string;
  readonly acknowledgedAt?: string;
}

const withChromium = chromiumPath() === undefined ? describe.skip : describe;
if (chromiumPath() === undefined) console.info('skipped: people’s journeys, because there is no Chromium');

withChromium('a clinician', () => {
  let exchange: SharedExchange;
  let database: pg.Client;
  let browser: PersonBrowser;
  let client: PersonClient;
  let personId: string;
  let invitationCode: string;
  let story: Story;
  let patient: Patient;
  let tokens: PersonTokens;
  /** The query that the glass was broken for. */
  let brokenTxn: string;
  /** The passkeys, by the authenticator that holds them; the second is plugged in. */
  const held: HeldPasskey[][] = [];
  let plugged: string;

  const signedIn = async (purpose: string) => {
    const answer = await client.tokens(await browser.signIn(client), purpose);
    expect(answer).toMatchObject({ status: 200 });
    return answer.body;
  };
  const match = (token: string, by = client) =>
    client.call<Bundle | OperationOutcome>('POST', '/fhir/Patient/$match', token, matchBody(patient), by);
  /** The entries of a kind about this person, newest first; the last may be a moment behind, and those with a reason are waited for. */
  const ledger = (action: string, reasons: readonly string[] = []): Promise<readonly ShownEntry['entry'][]> =>
    eventually(async () => {
      const url = `${exchange.description.gateway.url}/ledger/entries?action=${action}&count=200`;
      const answer = await exchange.operator.call('GET', url, { purpose: 'HCOMPL', scope: 'exchange/ledger.read' });
      const entries = answer.json<{ entries: ShownEntry[] }>().entries.map(({ entry }) => entry);
      const own = entries.filter(
        ({ requester }) => (requester as { userId?: string } | undefined)?.userId === personId,
      );
      const isComplete = own.length > 0 && reasons.every((reason) => own.some((entry) => entry.reason === reason));
      return isComplete ? own : undefined;
    });
  const inSchema = (sql: string, values: unknown[]) => database.query(sql, values);

  beforeAll(async () => {
    exchange = sharedExchange();
    database = new pg.Client({
      connectionString: exchange.description.database.url,
      options: '-c search_path=identity_provider',
    });
    await database.connect();
    browser = await PersonBrowser.open(exchange);
    client = await browser.newClient();
    story = (await storiesOf(exchange)).find(({ given }) => given === 'opt-out') as Story;
    patient = await arrivingPatient(exchange, story);
    ({ personId, code: invitationCode } = await invite(
      exchange,
      story.arrival.hospitalId,
      'Vera Example',
      'clinician',
    ));
  });

  afterAll(async () => {
    await browser.close();
    await client.close();
    await database.end();
    await exchange.close();
  });

  it('reads without scripts what is to be done, and what needs one', async () => {
    const page = await browser.withoutScripts();
    await page.goto(`${browser.issuer}/enrol`);
    expect(await page.getByLabel('One-time code').isVisible()).toBe(true);
    await page.getByLabel('One-time code').fill('WRONG');
    await page.getByRole('button', { name: 'Continue' }).click();
    expect(await page.title()).toMatch(/^Error: /);
    expect(await page.getByRole('alert').innerText()).toContain('This code can not be used');
    await browser.toSignIn(client, {}, page);
    expect(await page.locator('noscript, .notice').first().innerText()).toContain('JavaScript is off');
    await page.getByRole('button', { name: 'Sign in with your passkey' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('The passkey step did not run');
    await page.context().close();
  });

  it('enrols with a one-time code, an authenticator app, and a first passkey that yields no token yet', async () => {
    plugged = await browser.authenticators.plugIn();
    await browser.openEnrolment(invitationCode);
    expect(await accessibilityFaults(browser.page)).toEqual([]);
    await browser.registerPasskey(/Register passkey 2 of 2/);
    await browser.toSignIn(client);
    expect(await accessibilityFaults(browser.page)).toEqual([]);
    await browser.page.getByRole('button', { name: 'Sign in with your passkey' }).click();
    await browser.page.getByRole('heading', { name: /Register passkey 2 of 2/ }).waitFor();
    held.push([...(await browser.authenticators.unplug(plugged))]);
  });

  it('is enrolled with a second passkey, and the code is used up', async () => {
    plugged = await browser.authenticators.plugIn();
    await browser.page.reload();
    await browser.registerPasskey(/You are enrolled/);
    expect(await accessibilityFaults(browser.page)).toEqual([]);
    await browser.page.goto(`${browser.issuer}/enrol`);
    await browser.page.getByLabel('One-time code').fill(invitationCode);
    await browser.page.getByRole('button', { name: 'Continue' }).click();
    expect(await browser.page.locator('#error').innerText()).toContain('was used before');
    expect(await accessibilityFaults(browser.page)).toEqual([]);
    expect(await browser.page.locator(':focus').getAttribute('id')).toBe('error');
  });

  it('signs in with the keyboard alone, and gets a token that says how, for whom and for what', async () => {
    await browser.toSignIn(client);
    // First in the order of the page, and nothing but the keyboard is used.
    await browser.page.keyboard.press('Tab');
    expect(await browser.page.locator(':focus').innerText()).toBe('Sign in with your passkey');
    await browser.page.keyboard.press('Enter');
    await browser.page.waitForURL(/\/callback/);
    const code = new URL(browser.page.url()).searchParams.get('code') ?? '';
    const answer = await client.tokens(code, 'TREAT');
    expect(answer.status).toBe(200);
    tokens = answer.body;
    expect(tokens).toMatchObject({ token_type: 'DPoP', scope: 'user/*.rs' });
    const { memberId, organization } = {
      memberId: story.arrival.hospitalId,
      organization: exchange.hospital(story.arrival.hospitalId).organizationId,
    };
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      ...{ sub: personId, member_id: memberId, organization, purpose_of_use: 'TREAT', roles: ['clinician'] },
      ...{ acr: 'urn:hie:aal2', amr: ['pop', 'user', 'mfa', 'hwk'], auth_time: expect.any(Number) as number },
      cnf: { jkt: expect.any(String) as string },
    });
    expect((await client.tokens(code, 'TREAT')).body.error).toBe('invalid_grant');
  });

  it('is answered at a door for people, and the ledger knows who asked', async () => {
    tokens = await signedIn('TREAT');
    const { status, body } = await match(tokens.access_token);
    expect([status, (body as Bundle).entry?.length]).toEqual([200, 1]);
    expect((await ledger('query.requested'))[0]).toMatchObject({ purpose: 'TREAT', outcome: 'success' });
  });

  it('is refused with another’s key, at a door for systems, and for a purpose or scope of no role', async () => {
    const stranger = await browser.newClient();
    const stolen = await match(tokens.access_token, stranger);
    expect([stolen.status, refusalIn(stolen)]).toEqual([401, 'not-authenticated']);
    const arrival = await client.call<OperationOutcome>(
      'POST',
      '/cds-services/patient-arrival',
      tokens.access_token,
      {},
    );
    expect([arrival.status, refusalIn(arrival)]).toEqual([403, 'insufficient-scope']);
    const people = await client.call<OperationOutcome>('GET', '/people', tokens.access_token);
    expect(people.status).toBe(403);
    expect((await client.refresh(tokens, 'HSYSADMIN')).body.error).toBe('invalid_request');
    await stranger.close();
  });

  it('refreshes with the same key, and not with another (ATTACKS G4)', async () => {
    const fresh = await signedIn('TREAT');
    const stranger = await browser.newClient();
    expect((await stranger.refresh(fresh, 'TREAT')).body.error).toBe('invalid_grant');
    const again = await client.refresh(fresh, 'ETREAT');
    expect(decodeJwt(again.body.access_token)).toMatchObject({ purpose_of_use: 'ETREAT', acr: 'urn:hie:aal2' });
    await stranger.close();
  });

  it('is not signed in by the cookie of a session', async () => {
    await signedIn('TREAT');
    await browser.toSignIn(client);
    await browser.page.goto(client.authorizationUrl({ prompt: 'none' }));
    expect(new URL(browser.page.url()).searchParams.get('error')).toBe('login_required');
  });

  it('breaks the glass with a fresh sign-in and a reason, which stand in the ledger, and with neither alone', async () => {
    const fresh = await signedIn('BTG');
    const parameters = matchBody(patient);
    const reason = { name: 'reason', valueString: 'Unconscious after a fall, no relatives reached.' };
    const ask = (parameter: object[], token = fresh.access_token) =>
      client.call<OperationOutcome & { outcome: string; receipt: object; queryUrl: string }>(
        'POST',
        '/break-glass',
        token,
        {
          ...parameters,
          parameter,
        },
      );
    const without = await ask(parameters.parameter ?? []);
    expect([without.status, refusalIn(without)]).toEqual([400, 'missing-parameter']);
    const opened = await ask([...(parameters.parameter ?? []), reason]);
    expect(opened).toMatchObject({ status: 200, body: { outcome: 'answered', receipt: expect.anything() as object } });
    const [broken] = await ledger('glass.broken');
    expect(broken).toMatchObject({ outcome: 'success', purpose: 'BTG' });
    const txn = opened.body.queryUrl.split('/').at(-1) ?? '';
    brokenTxn = txn;
    expect(broken?.['details']).toMatchObject({ query: txn, acr: 'urn:hie:aal2' });
    expect(JSON.stringify(broken)).not.toContain('Unconscious');
    const decided = (await ledger('disclosure.decided')).find((entry) => entry['txn'] === txn);
    expect(decided).toMatchObject({ purpose: 'BTG', outcome: 'success' });
  });

  it('is reviewed for it, without anybody’s doing: a case, its reason, notices to the members that were asked (ATTACKS B4)', async () => {
    const { url } = exchange.description.gateway;
    const txn = brokenTxn;
    const asked = <T>(path: string, scope: string) =>
      eventually(async () => {
        const answer = await exchange.operator.call('GET', `${url}${path}`, { purpose: 'HCOMPL', scope });
        return answer.status === 200 ? answer.json<T>() : undefined;
      }, 60_000);
    const notices = await eventually(async () => {
      const list = await asked<{ notices: Notice[] }>('/break-glass-notices', 'exchange/notices.read');
      const own = list.notices.filter((notice) => notice.txn === txn);
      return own.length > 0 ? own : undefined;
    }, 60_000);
    const members = notices.map(({ memberId }) => memberId);
    expect(members).toEqual([...new Set(members)]);
    expect(members).not.toContain(story.arrival.hospitalId);
    const [notice] = notices as [Notice];
    expect(notice.requester).toEqual({ memberId: story.arrival.hospitalId, userId: personId });
    expect(notice.acknowledgedAt).toBeUndefined();

    const review = await asked<{ txn: string; reason: string; concerned: { userId: string } }>(
      `/ledger/cases/${notice.reviewCaseId}`,
      'exchange/ledger.review',
    );
    expect(review).toMatchObject({ txn, reason: 'break-glass', concerned: { userId: personId } });
    const opened = await asked(`/break-glass-cases/${txn}`, 'exchange/ledger.review');
    expect(opened).toMatchObject({
      ...{ txn, reviewCaseId: notice.reviewCaseId, userId: personId },
      reason: 'Unconscious after a fall, no relatives reached.',
    });
    const accounting = `/ledger/accounting?patient=${encodeURIComponent(notice.patient.reference)}&include=all`;
    const { disclosures } = await asked<{ disclosures: object[] }>(accounting, 'exchange/ledger.read');
    expect(disclosures).toContainEqual(expect.objectContaining({ txn, purpose: 'BTG' }));

    // Only the member that is told takes note, and nobody reads another's.
    const ack = `${url}/break-glass-notices/${notice.noticeId}/acknowledgement`;
    const byOperator = await exchange.operator.call('POST', ack, { purpose: 'HCOMPL', scope: 'exchange/notices.read' });
    expect(byOperator.status).toBe(404);
    const { access_token } = await signedIn('TREAT');
    const byClinician = await client.call<OperationOutcome>('GET', '/break-glass-notices', access_token);
    expect(byClinician.status).toBe(403);
  });

  it('gets no token to break the glass six minutes after signing in, and is told at a door to sign in again', async () => {
    const fresh = await signedIn('TREAT');
    const older = `update oidc_payload set payload = jsonb_set(payload, '{authTime}', to_jsonb((payload->>'authTime')::int - 360))
      where model = 'RefreshToken' and payload->>'accountId' = $1`;
    await inSchema(older, [personId]);
    expect((await client.refresh(fresh, 'BTG')).body.error).toBe('invalid_grant');
    const { body } = await client.refresh(await agedTokens(older), 'TREAT');
    expect((await match(body.access_token)).status).toBe(200);
  });

  const agedTokens = async (sql: string): Promise<PersonTokens> => {
    const fresh = await signedIn('TREAT');
    await inSchema(sql, [personId]);
    return fresh;
  };

  it('is refused where the authenticator does not verify them (ATTACKS G2)', async () => {
    await browser.authenticators.verifiesUser(plugged, false);
    await browser.toSignIn(client);
    await browser.page.getByRole('button', { name: 'Sign in with your passkey' }).click();
    await browser.page.getByRole('status').filter({ hasText: 'Error:' }).waitFor();
    expect(new URL(browser.page.url()).pathname).toMatch(/^\/interaction\//);
    await browser.authenticators.verifiesUser(plugged, true);
  });

  it('is refused with a copied authenticator, whose original ends too (ATTACKS G2)', async () => {
    const [copied] = held[0] ?? [];
    if (copied === undefined) throw new RangeError('The first authenticator held nothing.');
    held.push([...(await browser.authenticators.unplug(plugged))]);
    plugged = await browser.authenticators.plugIn([{ ...copied, signCount: copied.signCount + 10 }]);
    expect(await browser.signIn(client)).not.toBe('');
    await browser.authenticators.unplug(plugged);
    plugged = await browser.authenticators.plugIn([copied]);
    expect(await browser.failToSignIn(client)).toContain('You are not signed in');
    await browser.authenticators.unplug(plugged);
    plugged = await browser.authenticators.plugIn([{ ...copied, signCount: copied.signCount + 100 }]);
    expect(await browser.failToSignIn(client)).toContain('You are not signed in');
    await ledger('sign-in.refused', ['passkey-copied', 'passkey-suspended']);
    await browser.authenticators.unplug(plugged);
    plugged = await browser.authenticators.plugIn(held[1]);
  });

  it('is refused after ninety days away, and with a good passkey (ATTACKS G5)', async () => {
    await inSchema(`update authenticator set status = 'active' where person_id = $1`, [personId]);
    await inSchema(`update person set last_active_at = now() - interval '90 days' where person_id = $1`, [personId]);
    expect(await browser.failToSignIn(client)).toContain('You are not signed in');
    await inSchema(`update person set last_active_at = now() where person_id = $1`, [personId]);
    expect(await browser.signIn(client)).not.toBe('');
  });
});
