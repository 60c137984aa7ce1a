// A patient, and whoever acts for one, ask by themselves to whom the record was disclosed: with a passkey, and with no hospital in between.
import { type ShownEntry, askOnArrival } from '@hie/local-exchange';
import pg from 'pg';

import { emrOf, eventually, handleOf } from '../support/doors.js';
import { inviteAbout } from '../support/invite.js';
import { PersonBrowser, chromiumPath } from '../support/person-browser.js';
import { type PersonClient, refusalIn } from '../support/person-client.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

interface ShownAccounting {
  readonly disclosures: readonly { readonly txn: string; readonly recipient: Readonly<Record<string, string>> }[];
}

const withChromium = chromiumPath() === undefined ? describe.skip : describe;
const scope = { scope: 'openid exchange/accounting.own exchange/ledger.read user/*.rs' };

withChromium('an account of one patient', () => {
  let exchange: SharedExchange;
  let member: string;
  let handle: string;
  let txn: string;

  beforeAll(async () => {
    exchange = sharedExchange();
    const story = await leadStory(exchange);
    const emr = emrOf(exchange, story);
    const { queryUrl } = await askOnArrival(exchange, emr, { patient: await arrivingPatient(exchange, story) });
    [member, txn] = [story.arrival.hospitalId, queryUrl.split('/').at(-1) ?? ''];
    handle = await handleOf(exchange, story);
  });
  afterAll(() => exchange.close());

  describe('of the patient', () => {
    let browser: PersonBrowser;
    let client: PersonClient;
    let token: string;

    beforeAll(async () => {
      browser = await PersonBrowser.open(exchange);
      client = await browser.newClient();
      const invited = { memberId: member, name: 'Paula Patient', roles: ['patient'], patient: handle };
      const { code } = await inviteAbout(exchange, invited);
      await browser.enrol(code);
      const { status, body } = await client.tokens(await browser.signIn(client, scope), 'PATRQT');
      expect({ status, scope: body.scope }).toEqual({ status: 200, scope: 'exchange/accounting.own' });
      token = body.access_token;
    });
    afterAll(async () => {
      await browser.close();
      await client.close();
    });

    it('is told who received what of the record, by organisation and system, without naming anybody', async () => {
      const line = await eventually(async () => {
        const { status, body } = await client.call<ShownAccounting>('GET', '/ledger/accounting?include=all', token);
        expect(status).toBe(200);
        return body.disclosures.find((disclosure) => disclosure.txn === txn);
      });
      expect(line.recipient).toMatchObject({ memberId: member, name: exchange.hospital(member).name });
      expect(line.recipient).not.toHaveProperty('userId');
    });

    it('leaves an entry in the ledger that says who looked, and for which purpose', async () => {
      await client.call('GET', '/ledger/accounting?include=all', token);
      const url = `${exchange.description.gateway.url}/ledger/entries?action=disclosures.accounted`;
      const looked = await eventually(async () => {
        const answer = await exchange.operator.call('GET', url, { purpose: 'HCOMPL', scope: 'exchange/ledger.read' });
        return answer.json<{ entries: ShownEntry[] }>().entries.find(({ entry }) => {
          const { clientId = '' } = (entry['requester'] ?? {}) as { readonly clientId?: string };
          return entry['purpose'] === 'PATRQT' && clientId.startsWith('hie-console/');
        });
      });
      expect(looked.entry).toMatchObject({ outcome: 'success', requester: { memberId: member } });
    });

    it.each(['patient', 'patient.identifier'])('names no patient by %s, not even the own', async (name) => {
      const refused = await client.call('GET', `/ledger/accounting?${name}=Patient/${handle}`, token);
      expect([refused.status, refusalIn(refused)]).toEqual([400, 'invalid-parameter']);
    });

    it.each([
      ['GET', '/fhir/AuditEvent?date=ge2026-01-01'],
      ['GET', '/ledger/entries'],
      ['GET', '/people'],
      ['POST', '/break-glass'],
    ] as const)('opens no other door: %s %s', async (method, path) => {
      const refused = await client.call(method, path, token, method === 'POST' ? {} : undefined);
      expect(refused.status).toBe(403);
    });

    it('has no token for another purpose', async () => {
      const { status, body } = await client.tokens(await browser.signIn(client, scope), 'TREAT');
      expect([status, body.error]).toEqual([400, 'invalid_request']);
    });
  });

  it('of a proxy opens the same, until the right ends', async () => {
    const database = new pg.Client({
      connectionString: exchange.description.database.url,
      options: '-c search_path=identity_provider',
    });
    const browser = await PersonBrowser.open(exchange);
    const client = await browser.newClient();
    try {
      await database.connect();
      const until = new Date(Date.now() + 3_600_000).toISOString();
      const invited = { memberId: member, name: 'Pia Proxy', roles: ['proxy'], patient: handle, until };
      const { personId, code } = await inviteAbout(exchange, invited);
      await browser.enrol(code);
      const { body: tokens } = await client.tokens(await browser.signIn(client, scope), 'FAMRQT');
      const seen = await client.call<ShownAccounting>('GET', '/ledger/accounting?include=all', tokens.access_token);
      expect(seen.body.disclosures.map((disclosure) => disclosure.txn)).toContain(txn);

      await database.query(`update person set patient_until = now() - interval '1 second' where person_id = $1`, [
        personId,
      ]);
      const after = await client.refresh(tokens, 'FAMRQT');
      expect([after.status, after.body.error]).toEqual([400, 'invalid_request']);
    } finally {
      await browser.close();
      await client.close();
      await database.end();
    }
  });
});
