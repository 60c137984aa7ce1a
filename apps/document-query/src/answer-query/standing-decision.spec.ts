import type { RecordsLocated } from '@hie/contracts';
import { PersonStandings } from '@hie/service-kit';

import { assembleAnswer } from './assemble-answer.js';
import { standingDecision } from './standing-decision.js';

const personId = '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f';
const at = 1_790_000_000_000;
const located: RecordsLocated = {
  txn: '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10',
  query: '{}',
  identity: { outcome: 'certain', personId, formerPersonIds: [] },
  candidates: [{ personId, probability: 1, grade: 'certain' }],
  decision: {
    effect: 'permit',
    rule: 'default.TREAT',
    obligations: { withholdLabels: [], mayTellWithheld: true, excludeMembers: [] },
    basis: { consentEpochs: { [personId]: 0 }, until: at },
  },
  custodians: [],
};
const row = { memberId: 'harbor', name: 'Harbor', status: 'answered', reason: 'complete', counts: { Condition: 2 } };
const parts = { stage: 'late', more: false, rows: [row], record: { problems: ['asthma'] }, changes: [{}] } as never;
const assembled = (standing: RecordsLocated) => {
  const { emit, audit } = assembleAnswer({ ...(parts as object), located: standing, at: new Date(at) } as never);
  const body = emit[0]?.body as { answer: string; basis?: unknown };
  return { body, answer: JSON.parse(body.answer) as object, audit };
};

describe('a decision at the moment of assembly', () => {
  it('stands while nothing has changed, and the answer says what it rests on', () => {
    const standing = standingDecision(located, new PersonStandings(), at - 1);
    expect(standing).toBe(located);
    const { body, answer } = assembled(standing);
    expect(answer).toMatchObject({ outcome: 'answered', personId, clinical: {}, changes: [{}] });
    expect(body.basis).toEqual({ consentEpochs: { [personId]: 0 }, until: at, members: ['harbor'] });
  });

  it.each<[why: string, epoch: number, at: number, rule: string]>([
    ['B8: the patient’s word has changed', 1, at - 1, 'consent-changed'],
    ['B12: a word has ended', 0, at, 'decision-expired'],
  ])('is a denial once %s, and the answer is that of any denial', (_why, epoch, now, rule) => {
    const standings = new PersonStandings();
    if (epoch > 0) standings.applyConsent({ personId, epoch });
    const { body, answer, audit } = assembled(standingDecision(located, standings, now));
    expect(answer).toEqual({
      ...{ txn: located.txn, stage: 'late', outcome: 'not-disclosed', candidates: [], coverage: [] },
      assembledAt: new Date(at).toISOString(),
    });
    expect(body).not.toHaveProperty('basis');
    expect(audit[0]).toMatchObject({ outcome: 'denied', reason: rule });
  });
});
