// A review, from the disclosure that is looked into to its outcome; and evidence that can be checked without the exchange.
import { askOnArrival } from '@hie/local-exchange';
import type { Story } from '@hie/population';
import { isIncluded, openCheckpoint } from '@hie/transparency-log';
import type { AuditEvent } from '@medplum/fhirtypes';

import { emrOf, eventually } from '../support/doors.js';
import { type PersonAnswer, refusalIn } from '../support/person-client.js';
import { PublicLog } from '../support/public-log.js';
import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { SignedInPerson } from '../support/signed-in-person.js';
import { arrivingPatient, leadStory } from '../support/stories.js';

interface Evidence {
  readonly checkpoint: string;
  readonly entries: readonly {
    readonly index: number;
    readonly leafHash: string;
    readonly proof: readonly string[];
    readonly auditEvent: AuditEvent;
  }[];
}

describe('a review of a disclosure', () => {
  let exchange: SharedExchange;
  let log: PublicLog;
  let rita: SignedInPerson;
  let ravi: SignedInPerson;
  let story: Story;
  let txn: string;
  beforeAll(async () => {
    exchange = sharedExchange();
    log = new PublicLog(exchange);
    rita = await SignedInPerson.ofOperator(exchange, 'Rita Reviewer', 'compliance-officer');
    ravi = await SignedInPerson.ofOperator(exchange, 'Ravi Reviewer', 'compliance-officer');
    story = await leadStory(exchange);
    const patient = await arrivingPatient(exchange, story);
    const { queryUrl } = await askOnArrival(exchange, emrOf(exchange, story), { patient });
    txn = queryUrl.split('/').at(-1) ?? '';
  });
  afterAll(async () => {
    await Promise.all([rita.close(), ravi.close()]);
    await log.close();
    await exchange.close();
  });

  const ask = <T>(method: 'GET' | 'POST', path: string, body?: object, who = rita): Promise<PersonAnswer<T>> =>
    who.call<T>(method, `/ledger/${path}`, 'HCOMPL', body);
  const codeIn = (answer: PersonAnswer) => [answer.status, refusalIn(answer)];

  it('goes from its opening over its evidence to its outcome, and nobody concerned has a hand in it', async () => {
    const opened = await eventually(async () => {
      const answer = await ask<{ caseId: string }>('POST', 'cases', { txn });
      return answer.status === 201 ? answer : undefined;
    });
    const { caseId } = opened.body;
    expect((await ask('POST', 'cases', { txn })).body).toEqual({ caseId });

    const looked = await ask<{ concerned: { memberId: string; userId?: string } }>('GET', `cases/${caseId}`);
    const { concerned } = looked.body;
    expect(concerned.memberId).toBe(story.arrival.hospitalId);
    // Where the hospital’s system named nobody, anybody there may have been the one who asked.
    const own = { memberId: concerned.memberId, userId: concerned.userId ?? 'their-privacy-officer' };
    expect(codeIn(await ask('POST', `cases/${caseId}/assignment`, own))).toEqual([409, 'reviewer-concerned']);
    const staff = { memberId: exchange.description.operator.organizationId, userId: rita.personId };
    expect((await ask('POST', `cases/${caseId}/assignment`, staff)).status).toBe(204);
    expect((await ask('POST', `cases/${caseId}/comments`, { text: 'asked the ward' }, ravi)).status).toBe(204);
    const early = await ask('POST', `cases/${caseId}/outcome`, { outcome: 'justified' }, ravi);
    expect(codeIn(early)).toEqual([409, 'not-the-assignee']);

    const { checkpoint, entries } = (await ask<Evidence>('GET', `cases/${caseId}/evidence`)).body;
    const head = openCheckpoint(checkpoint, log.trust);
    const proven = entries.map(({ index, leafHash, proof }) =>
      isIncluded({ index, leafHash: bytes(leafHash), ...head }, proof.map(bytes)),
    );
    expect(entries.map(({ auditEvent }) => auditEvent.type?.code)).toContain('110106');
    expect(proven).toEqual(entries.map(() => true));

    expect((await ask('POST', `cases/${caseId}/outcome`, { outcome: 'justified', text: 'on duty' })).status).toBe(204);
    expect(codeIn(await ask('POST', `cases/${caseId}/comments`, { text: 'one more thing' }))).toEqual([
      409,
      'case-closed',
    ]);
    const closed = await ask<{ outcome: string; events: { event: { text?: string } }[] }>('GET', `cases/${caseId}`);
    expect(closed.body.outcome).toBe('justified');
    expect(closed.body.events.map(({ event }) => event.text)).toContain('asked the ward');
  });

  it('is for compliance staff alone, and of what happened', async () => {
    const url = `${exchange.description.gateway.url}/ledger/cases`;
    const asEmr = await emrOf(exchange, story).call('GET', url, { purpose: 'TREAT', scope: 'system/*.rs' });
    expect(asEmr.status).toBe(403);
    const unknown = { txn: '00000000-0000-4000-8000-000000000000' };
    expect(codeIn(await ask('POST', 'cases', unknown))).toEqual([404, 'transaction-not-found']);
    expect(codeIn(await ask('GET', 'cases/none'))).toEqual([404, 'case-not-found']);
  });

  it('is opened for a sample that whoever has the seed can draw again', async () => {
    const [from, to] = [-3_600_000, 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString());
    const plan = { from, to, seed: 'drawn on paper', random: 1, byRisk: 1 };
    const drawn = await ask<{ drawnFrom: number; cases: { caseId: string }[] }>('POST', 'samples', plan);
    const first = drawn.body;
    expect(first.drawnFrom).toBeGreaterThan(0);
    expect(first.cases.length).toBeGreaterThan(0);
    const open = await ask<{ cases: { caseId: string }[] }>('GET', 'cases?state=all&count=500');
    expect(open.body.cases.map(({ caseId }) => caseId)).toEqual(
      expect.arrayContaining(first.cases.map(({ caseId }) => caseId)),
    );
  });
});

const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
