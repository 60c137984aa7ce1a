// A message that was put aside, decided about by a person: found at the service that put it aside, taken up again, and told the ledger.
import { patientIdentified, queryRequested, services } from '@hie/contracts';
import type { ShownEntry } from '@hie/local-exchange';

import { eventually } from '../support/doors.js';
import { Intruder } from '../support/intruder.js';
import { LedgerWatch } from '../support/ledger-watch.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { SignedInPerson } from '../support/signed-in-person.js';
import { transactionClaims } from '../support/transaction-tokens.js';

const asked = queryRequested.topic;

interface Letter {
  readonly topic: string;
  readonly offset: string;
  readonly refusal: string;
  readonly isHandled: boolean;
}

interface Requester {
  readonly userId?: string;
}

describe('a dead letter', () => {
  let exchange: SharedExchange;
  let intruder: Intruder;
  let administrator: SignedInPerson;
  beforeAll(async () => {
    exchange = sharedExchange();
    intruder = await Intruder.listeningTo(exchange, [asked, patientIdentified.topic]);
    administrator = await SignedInPerson.ofOperator(exchange, 'Ada Admin', 'exchange-administrator');
  }, 60_000);
  afterAll(async () => {
    await Promise.all([intruder.leave(), administrator.close()]);
    await exchange.close();
  });

  const list = (service: string) =>
    administrator.call<{ letters: readonly Letter[]; others: number }>('GET', `/dead-letters/${service}`, 'HSYSADMIN');
  const replay = (service: string, body: object) =>
    administrator.call<{
      outcome?: string;
      code?: string;
      issue?: readonly { details?: { coding?: { code: string }[] } }[];
    }>(...(['POST', `/dead-letters/${service}/replays`, 'HSYSADMIN', body] as const));
  /** A question under another service's seal than the gateway's. @returns its letter */
  async function smuggled(): Promise<Letter> {
    const known = new Set((await list('patient-index')).body.letters.map(({ offset }) => offset));
    const claims = transactionClaims(exchange, '{}');
    const question = await intruder.question({ txn: claims.txn, query: '{}' }, claims, { service: 'consent' });
    await intruder.send(asked, question);
    return eventually(async () => {
      const { letters } = (await list('patient-index')).body;
      return letters.find(({ topic, offset }) => topic === asked && !known.has(offset));
    });
  }

  it('is shown at the service that put it aside, with its reason and without a word of what it says', async () => {
    const letter = await smuggled();
    expect(letter).toEqual({
      ...{ topic: asked, refusal: 'producer-not-allowed', isHandled: false },
      offset: expect.stringMatching(/^\d+$/) as string,
      putAsideAt: expect.any(String) as string,
      origin: {
        partition: expect.any(Number) as number,
        offset: expect.any(String) as string,
        appendedAt: expect.any(String) as string,
      },
    });
  }, 60_000);

  it('goes the whole way of checks again, which is an entry under the name of who wanted it', async () => {
    const letter = await smuggled();
    const answered = intruder.on(patientIdentified.topic).length;
    const watch = await LedgerWatch.on(exchange, 'message.replayed');
    const { status, body } = await replay('patient-index', { topic: asked, offset: letter.offset });
    expect([status, body]).toEqual([200, { outcome: 'refused', code: 'producer-not-allowed' }]);
    const entry: ShownEntry['entry'] = await watch.one();
    expect(entry).toMatchObject({
      ...{ service: 'patient-index', outcome: 'refused', reason: 'producer-not-allowed', purpose: 'HSYSADMIN' },
      details: { topic: asked, letter: letter.offset },
    });
    expect((entry['requester'] as Requester).userId).toBe(administrator.personId);
    expect(intruder.on(patientIdentified.topic)).toHaveLength(answered);
  }, 60_000);

  it.each(services)('of %s can be looked for', async (service) => {
    const { status, body } = await list(service);
    expect([status, Array.isArray(body.letters)]).toEqual([200, true]);
  });

  it.each<[string, string, object, number, string]>([
    ['of no service', 'sentinel', { topic: asked, offset: '0' }, 400, 'invalid-parameter'],
    ['without a place', 'patient-index', { topic: asked }, 400, 'invalid-parameter'],
    [
      'of no topic of this service',
      'patient-index',
      { topic: 'audit.events.v1', offset: '0' },
      404,
      'dead-letter-unknown',
    ],
    ['that is not there', 'gateway', { topic: 'audit.receipts.v1', offset: '999999' }, 404, 'dead-letter-unknown'],
  ])('%s is taken up by nobody', async (_name, service, body, status, code) => {
    const answer = await replay(service, body);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toContain(code);
  });

  it('is no compliance officer’s to decide about', async () => {
    const officer = await SignedInPerson.ofOperator(exchange, 'Cora Compliance', 'compliance-officer');
    const answer = officer.call('GET', '/dead-letters/patient-index', 'HSYSADMIN');
    await expect(answer).rejects.toThrow('The provider gave no token.');
    await officer.close();
  }, 60_000);
});
