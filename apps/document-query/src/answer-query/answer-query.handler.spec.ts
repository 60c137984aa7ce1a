// One query at the last hop, with members that answer when the test says so: who is asked, what leaves when, and what does not leave.
import type { Answer, AnswerAssembled, Custodian, RecordsLocated } from '@hie/contracts';
import type { MemberAnswer } from '@hie/fhir';
import type { HopResult, Received, TransactionScope } from '@hie/messaging';
import { MemberDirectory, PersonStandings, type PinoLogger } from '@hie/service-kit';

import type { DocumentQueryConfig } from '../document-query.config.js';
import type { MemberClients } from '../member-client/member-clients.js';
import { AnswerQueryHandler } from './answer-query.handler.js';

const personId = '0b9d6f5e-92a4-4c1d-8c1f-7a2b3c4d5e6f';
const txn = '6e1f3c8e-5b1c-4a36-9d2c-0f8e6d4b7a10';
const number = { system: 'urn:oid:2.999.1.1', value: 'M-1' };
const config = { CRITICAL_WAIT_MS: 1_500, RELEASE_RESERVE_MS: 300, LATE_WAIT_MS: 10_000 } as DocumentQueryConfig;
const DEADLINE_MS = 5_000;

const patient = { resourceType: 'Patient', id: 'p1', identifier: [number] };
const anaphylaxis = {
  ...{ resourceType: 'AllergyIntolerance', id: 'a1', patient: { reference: 'Patient/p1' }, criticality: 'high' },
  clinicalStatus: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
  },
  code: { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '7980' }], text: 'Penicillin G' },
  reaction: [{ manifestation: [{ text: 'Anaphylaxis' }], severity: 'severe' }],
};
const holds = (...resources: object[]): MemberAnswer => ({
  ...{ resources: [patient, ...resources], answeredTypes: ['AllergyIntolerance', 'Condition'] },
  ...{ failedTypes: [], nextPages: [] },
});

interface Left {
  readonly part: string;
  readonly result: HopResult;
  readonly answer?: Answer;
  readonly more?: boolean;
}

describe(AnswerQueryHandler.name, () => {
  beforeEach(() => import.meta.jest.useFakeTimers());
  afterEach(() => import.meta.jest.useRealTimers());
  const passes = (ms: number) => import.meta.jest.advanceTimersByTimeAsync(ms);

  function setup(
    over: { readonly allowed?: readonly string[]; readonly stages?: string[]; readonly operation?: string } = {},
  ) {
    const directory = new MemberDirectory();
    for (const memberId of ['mercy', 'harbor', 'brigid']) {
      const member = { memberId, version: 1, status: 'active', name: memberId, clients: [], identifierSystems: [] };
      directory.apply(member as never);
    }
    const standings = new PersonStandings();
    /** Of each question that a member was asked: its stage, and how it is answered. */
    const questions: {
      readonly memberId: string;
      readonly stage: string;
      readonly answer: (with_: MemberAnswer) => void;
    }[] = [];
    const clients = {
      find: (memberId: string) => ({
        baseUrl: `https://${memberId}.example/fhir`,
        ask: ({ stage }: { stage: string }) =>
          new Promise<MemberAnswer>((resolve) => void questions.push({ memberId, stage, answer: resolve })),
      }),
    } as unknown as MemberClients;
    const logger = { warn: () => undefined } as unknown as PinoLogger;
    const handler = new AnswerQueryHandler(clients, directory, standings, logger, config);

    const query = {
      ...{ operation: over.operation ?? 'arrival', kinds: ['AllergyIntolerance', 'Condition'] },
      ...{ stages: over.stages ?? ['critical', 'complete'], patient: { personId } },
      requester: { memberId: 'mercy', clientId: 'mercy-emr' },
    };
    const custodian = (memberId: string, instruction: Custodian['instruction'] = 'ask'): Custodian => ({
      ...{ memberId, records: [number], kinds: [], discloses: false, instruction },
    });
    const located: RecordsLocated = {
      ...{ txn, query: JSON.stringify(query), candidates: [] },
      identity: { outcome: 'certain', personId, formerPersonIds: [] },
      decision: {
        ...{ effect: 'permit', rule: 'default.treatment' },
        obligations: { withholdLabels: [], mayTellWithheld: true, excludeMembers: [] },
        basis: { consentEpochs: { [personId]: 0 } },
      },
      custodians: [custodian('mercy', 'own-record'), custodian('harbor'), custodian('brigid')],
    };
    const left: Left[] = [];
    const commit = (part: string, result: HopResult): Promise<void> => {
      const body = result.emit[0]?.body as AnswerAssembled | undefined;
      const told = body === undefined ? {} : { answer: JSON.parse(body.answer) as Answer, more: body.more };
      left.push({ part, result, ...told });
      return Promise.resolve();
    };
    const scope = {
      claims: { tctx: { org: 'mercy', purp: 'ETREAT', deadline: Date.now() + DEADLINE_MS } },
      allow: { dst: over.allowed ?? ['harbor', 'brigid'], res: query.kinds },
    } as unknown as TransactionScope;
    const handle = (body: RecordsLocated = located) =>
      handler.handle({ body, scope, commit } as unknown as Received<RecordsLocated>);
    const answers = (memberId: string, stage: string, answer: MemberAnswer): void =>
      questions.find((question) => question.memberId === memberId && question.stage === stage)?.answer(answer);
    const statuses = (at: number) =>
      Object.fromEntries((left[at]?.answer?.coverage ?? []).map(({ memberId, status }) => [memberId, status]));
    return { located, standings, questions, left, handle, answers, statuses };
  }
  const withdraw = (standings: PersonStandings) => standings.applyConsent({ personId, epoch: 1 });

  it('asks those that the seals allow, and no other', async () => {
    const { questions, handle, left, statuses } = setup({ allowed: ['harbor'] });
    void handle();
    await passes(1_500);
    expect(questions.map(({ memberId, stage }) => `${memberId} ${stage}`)).toEqual(['harbor critical', 'harbor rest']);
    expect(left.map(({ part }) => part)).toEqual(['critical']);
    expect(statuses(0)).toMatchObject({ harbor: 'timed-out' });
  });

  it('answers the critical set as soon as all have answered, then the rest, and is told of as one entry each', async () => {
    const { handle, answers, left, statuses } = setup();
    const handled = handle();
    answers('harbor', 'critical', holds());
    answers('brigid', 'critical', holds(anaphylaxis));
    await passes(0);
    expect(left).toMatchObject([{ part: 'critical', more: true, answer: { stage: 'critical', outcome: 'answered' } }]);
    expect(statuses(0)).toMatchObject({ harbor: 'answered', brigid: 'answered' });
    expect(JSON.stringify(left[0]?.answer)).toContain('Penicillin');
    answers('harbor', 'rest', holds());
    answers('brigid', 'rest', holds());
    await handled;
    expect(left).toMatchObject([{ part: 'critical' }, { part: 'complete', more: false }]);
    expect(left.map(({ result }) => result.audit.map(({ action }) => action))).toEqual([
      ['answer.assembled'],
      ['answer.assembled'],
    ]);
    await passes(20_000);
    expect(left).toHaveLength(2);
  });

  it('does not wait for the slow with the critical set, and with the rest until shortly before the deadline', async () => {
    const { handle, answers, left, statuses } = setup();
    void handle();
    answers('harbor', 'critical', holds());
    await passes(1_499);
    expect(left).toEqual([]);
    await passes(1);
    expect(statuses(0)).toMatchObject({ harbor: 'answered', brigid: 'timed-out' });
    answers('harbor', 'rest', holds());
    await passes(DEADLINE_MS - 300 - 1_500 - 1);
    expect(left).toHaveLength(1);
    await passes(1);
    expect(left[1]).toMatchObject({ part: 'complete', more: false });
    expect(statuses(1)).toMatchObject({ brigid: 'timed-out' });
  });

  it('tells late what differs from what was shown, once, and nothing where nothing differs', async () => {
    const { handle, answers, left } = setup();
    void handle();
    answers('harbor', 'critical', holds());
    answers('harbor', 'rest', holds());
    await passes(DEADLINE_MS);
    expect(left.map(({ part }) => part)).toEqual(['critical', 'complete']);
    answers('brigid', 'critical', holds(anaphylaxis));
    await passes(0);
    expect(left[2]).toMatchObject({ part: 'late:brigid:critical', more: false, answer: { stage: 'late' } });
    expect(left[2]?.answer?.changes).toHaveLength(1);
    answers('brigid', 'rest', holds());
    await passes(20_000);
    expect(left).toHaveLength(3);
  });

  it('tells what a member adds that is late twice: no part of it is taken for the other', async () => {
    const { handle, answers, left } = setup();
    void handle();
    answers('harbor', 'critical', holds());
    answers('harbor', 'rest', holds());
    await passes(DEADLINE_MS);
    answers('brigid', 'critical', holds(anaphylaxis));
    await passes(1);
    answers('brigid', 'rest', holds({ ...anaphylaxis, id: 'a2', code: { text: 'Latex' } }));
    await passes(1);
    expect(left.slice(2).map(({ part, answer }) => [part, answer?.changes?.length])).toEqual([
      ['late:brigid:critical', 1],
      ['late:brigid:rest', 1],
    ]);
  });

  it('tells no late difference once the patient’s word has changed; the ledger has that it was withheld', async () => {
    const { handle, answers, left, standings } = setup();
    void handle();
    answers('harbor', 'critical', holds());
    answers('harbor', 'rest', holds());
    await passes(DEADLINE_MS);
    withdraw(standings);
    answers('brigid', 'critical', holds(anaphylaxis));
    await passes(0);
    expect(left[2]?.result.emit).toEqual([]);
    expect(left[2]?.result.audit).toMatchObject([
      { action: 'answer.withheld', outcome: 'denied', reason: 'consent-changed', personId },
    ]);
  });

  it('answers as any denial, and asks for no more, where the word has changed while members were asked', async () => {
    const { handle, answers, left, questions, standings } = setup();
    const handled = handle();
    withdraw(standings);
    answers('harbor', 'critical', holds());
    answers('brigid', 'critical', holds(anaphylaxis));
    await handled;
    await passes(20_000);
    expect(left).toMatchObject([{ part: 'critical', more: false, answer: { outcome: 'not-disclosed', coverage: [] } }]);
    expect(left[0]?.answer).not.toHaveProperty('clinical');
    expect(questions.map(({ stage }) => stage)).not.toContain('rest');
  });

  it.each<[why: string, over: Partial<RecordsLocated>, operation: string]>([
    ['nobody is certain', { identity: { outcome: 'none' }, custodians: [] }, 'arrival'],
    ['somebody is asked for by demographics alone', {}, 'match'],
  ])('asks nobody where %s, and answers all the same', async (_why, over, operation) => {
    const { located, questions, left, handle } = setup({ operation });
    await handle({ ...located, ...over });
    expect(questions).toEqual([]);
    expect(left).toMatchObject([{ part: 'critical', more: false }]);
  });

  it('asks nobody once the word had changed before, and answers as any denial', async () => {
    const { questions, left, handle, standings } = setup();
    withdraw(standings);
    await handle();
    expect(questions).toEqual([]);
    expect(left).toMatchObject([{ part: 'critical', more: false, answer: { outcome: 'not-disclosed', coverage: [] } }]);
    expect(left[0]?.result.audit).toMatchObject([{ outcome: 'denied', reason: 'consent-changed' }]);
  });
});
