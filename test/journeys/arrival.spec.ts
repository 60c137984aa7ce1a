// An emergency query, end to end: what the other hospitals hold comes back as cards, with coverage and a receipt that verifies.
import { type ArrivalAnswer, askOnArrival, entriesOf, verifyReceipt } from '@hie/local-exchange';
import type { Story } from '@hie/population';

import type { Patient } from '@medplum/fhirtypes';

import { type SharedExchange, sharedExchange } from '../support/shared-exchange.js';
import { arrivingPatient, storiesOf } from '../support/stories.js';

describe('a patient arrives', () => {
  let exchange: SharedExchange;
  let stories: readonly Story[];
  beforeAll(async () => {
    exchange = sharedExchange();
    stories = await storiesOf(exchange);
  });
  afterAll(() => exchange.close());

  const arrive = async (id: string, told = (patient: Patient): Patient => patient): Promise<ArrivalAnswer> => {
    const story = stories.find((each) => each.id === id);
    if (story === undefined) throw new RangeError('There is no such story.');
    const patient = await arrivingPatient(exchange, story);
    const emr = exchange.clientOf(exchange.hospital(story.arrival.hospitalId));
    return askOnArrival(exchange, emr, { patient: told(patient) });
  };
  const told = ({ cards }: ArrivalAnswer) => cards.map(({ summary, detail }) => `${summary}\n${detail}`).join('\n');

  it('shows the severe penicillin allergy and the heart medications of two other hospitals', async () => {
    const answer = await arrive('unconscious-arrival');
    const [first] = answer.cards;
    expect(first).toMatchObject({ indicator: 'critical' });
    expect(first?.summary).toMatch(/penicillin/i);
    expect(first?.summary).toMatch(/saint brigid/i);
    expect(told(answer)).toMatch(/warfarin/i);
    expect(told(answer)).toMatch(/metoprolol/i);
    expect(told(answer)).toMatch(/no known/i);
    expect(answer.coverage.filter(({ status }) => status === 'answered')).toHaveLength(3);
    expect(answer.coverage.find(({ memberId }) => memberId === 'mercy-general')).toMatchObject({
      status: 'not-asked',
      reason: 'own-record',
    });
  });

  it('gives a receipt that its holder can check without believing anybody', async () => {
    const answer = await arrive('unconscious-arrival');
    const { verified, steps } = await verifyReceipt(exchange, answer.receipt);
    expect(steps.filter(({ ok }) => !ok)).toEqual([]);
    expect(verified).toBe(true);
    const forged = { ...answer.receipt, digest: 'AAAA' };
    expect((await verifyReceipt(exchange, forged)).verified).toBe(false);
  });

  it('leaves one entry of every hop, in their order', async () => {
    const answer = await arrive('dose-disagreement');
    const entries = await entriesOf(exchange, txnOf(answer));
    const hops = [...entries].sort((a, b) => a.entry.at.localeCompare(b.entry.at)).map(({ entry }) => entry.action);
    expect(hops.slice(0, 5)).toEqual([
      'query.requested',
      'patient.identified',
      'disclosure.decided',
      'records.located',
      'answer.assembled',
    ]);
  });

  it.each(['too-alike', 'unidentified'])('discloses nothing of %s, asked for by what the desk was told', async (id) => {
    const answer = await arrive(id, withoutIdentifiers);
    expect(answer.outcome).toBe('not-disclosed');
    expect(answer.coverage).toEqual([]);
    expect(answer.cards.map(({ indicator }) => indicator)).not.toContain('critical');
    expect(told(answer)).not.toMatch(/penicillin|warfarin/i);
    expect(told(answer)).toMatch(/not known/i);
  });

  it('says that nobody else holds a record, and not that there are no allergies', async () => {
    const answer = await arrive('nothing-known');
    expect(answer.coverage.filter(({ status }) => status === 'answered')).toEqual([]);
    expect(told(answer)).not.toMatch(/no known allerg/i);
    expect(answer.cards.filter(({ indicator }) => indicator === 'critical')).toEqual([]);
  });
});

/** What a desk knows of somebody it has not registered yet. */
const withoutIdentifiers = ({ identifier: _known, ...patient }: Patient): Patient => patient;

const txnOf = ({ queryUrl }: ArrivalAnswer): string => queryUrl.split('/').at(-1) ?? '';
