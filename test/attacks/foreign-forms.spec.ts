// ATTACKS.md D9 at the pages of the identity provider: whatever cookies a browser has, a form that did not come from the pages' own site does
// nothing. Browsers say where a form comes from with every POST (Fetch, section 3.1).
import { Agent, request } from 'undici';

import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';

const forms = ['/interaction/1', '/interaction/1/cancellation', '/enrol', '/enrol/app', '/enrol/passkeys'];

describe('a form', () => {
  let exchange: SharedExchange;
  let agent: Agent;
  beforeAll(() => {
    exchange = sharedExchange();
    agent = new Agent({ connect: { ca: exchange.ca } });
  });
  afterAll(async () => {
    await agent.close();
    await exchange.close();
  });

  async function posted(path: string, headers: Record<string, string>) {
    const url = new URL(path, exchange.description.identityProvider.tokenUrl);
    const answer = await request(url, {
      ...{ method: 'POST', dispatcher: agent, body: 'code=1&credential=1' },
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: '_session=1; enrolment=1', ...headers },
    });
    return { status: answer.statusCode, text: await answer.body.text(), cookie: answer.headers['set-cookie'] };
  }

  describe.each(forms)('to %s', (path) => {
    it.each<[string, Record<string, string>]>([
      ['of another site', { origin: 'https://evil.example' }],
      ['of a page that hides where it is', { origin: 'null' }],
      ['of a site whose name begins alike', { origin: 'https://localhost.evil.example' }],
      ['that says nothing of where it comes from', {}],
    ])('%s is not taken', async (_whose, headers) => {
      const { status, text, cookie } = await posted(path, headers);
      expect([status, cookie]).toEqual([403, undefined]);
      expect(text).toContain('The form did not come from this site.');
    });

    it('of the site itself is looked at', async () => {
      const origin = new URL(exchange.description.identityProvider.issuer).origin;
      const { text } = await posted(path, { origin });
      expect(text).not.toContain('The form did not come from this site.');
    });
  });
});
