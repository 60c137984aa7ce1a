import {
  type Actor,
  type CaseEvent,
  type ToldCaseEvent,
  caseOf,
  caseReasons,
  dueAtOf,
  isOverdue,
  refusalOf,
} from './review-case.js';

const clinician: Actor = { memberId: 'mercy', clientId: 'mercy-emr', userId: 'clinician-17' };
const reviewer: Actor = { memberId: 'exchange-operator', userId: 'reviewer-1' };
const colleague: Actor = { memberId: 'mercy', userId: 'privacy-officer' };
const at = '2026-01-02T03:04:05.000Z';
const opened = (concerned: Actor = clinician): ToldCaseEvent => ({
  ...{ by: { memberId: 'exchange-operator' }, at },
  event: {
    kind: 'opened',
    reason: 'break-glass',
    txn: 't-1',
    concerned,
    dueAt: dueAtOf('break-glass', Date.parse(at)),
  },
});
const told = (event: CaseEvent, by = reviewer): ToldCaseEvent => ({ by, at: '2026-01-03T00:00:00.000Z', event });
const assigned = told({ kind: 'assigned', to: reviewer });
const refused = (before: ToldCaseEvent[], event: CaseEvent, by = reviewer) =>
  refusalOf(caseOf(before), event as never, by);

describe('a case', () => {
  it('is what its events add up to', () => {
    const closed = told({ kind: 'closed', outcome: 'justified', text: 'seen in the emergency department' });
    expect(caseOf([opened(), assigned, told({ kind: 'commented', text: 'asked the ward' }), closed])).toEqual({
      ...{ reason: 'break-glass', txn: 't-1', concerned: clinician, openedAt: at, dueAt: '2026-01-05T03:04:05.000Z' },
      ...{ assignee: reviewer, outcome: 'justified', closedAt: '2026-01-03T00:00:00.000Z' },
    });
  });

  it('begins with its opening', () => {
    expect(() => caseOf([])).toThrow(RangeError);
    expect(() => caseOf([assigned])).toThrow(RangeError);
  });

  it('has a time for every reason, the shortest for a broken glass', () => {
    const days = caseReasons.map((reason) => Date.parse(dueAtOf(reason, 0)) / 86_400_000);
    expect(days).toEqual([3, 14, 7, 7]);
  });

  it.each([
    ['before its time', '2026-01-05T03:04:04.999Z', false],
    ['at its time', '2026-01-05T03:04:05.000Z', false],
    ['after its time', '2026-01-05T03:04:05.001Z', true],
  ])('is overdue %s: %s, %s', (_name, now, expected) => {
    expect(isOverdue(caseOf([opened()]), Date.parse(now))).toBe(expected);
  });

  it('is never overdue once it is closed', () => {
    const closed = told({ kind: 'closed', outcome: 'justified' });
    expect(isOverdue(caseOf([opened(), assigned, closed]), Date.parse('2030-01-01'))).toBe(false);
  });
});

describe('an assignment', () => {
  const to = (somebody: Actor): CaseEvent => ({ kind: 'assigned', to: somebody });

  it.each<[string, Actor, string | undefined]>([
    ['somebody of the exchange', reviewer, undefined],
    ['a colleague, where the one who asked is named', colleague, undefined],
    ['the one who asked', { memberId: 'mercy', userId: 'clinician-17' }, 'reviewer-concerned'],
    ['nobody by name', { memberId: 'exchange-operator' }, 'reviewer-unnamed'],
  ])('to %s: %s, %s', (_name, somebody, expected) => {
    expect(refused([opened()], to(somebody))).toBe(expected);
  });

  it('to anybody at the member is refused where its system named nobody', () => {
    expect(refused([opened({ memberId: 'mercy', clientId: 'mercy-emr' })], to(colleague))).toBe('reviewer-concerned');
  });

  it('is not made by the one whom the case concerns, not even to somebody else', () => {
    expect(refused([opened()], to(reviewer), clinician)).toBe('actor-concerned');
    expect(refused([opened()], to(reviewer), { memberId: 'mercy', clientId: 'mercy-emr' })).toBe('actor-concerned');
  });
});

describe('what is said in a case', () => {
  const closing: CaseEvent = { kind: 'closed', outcome: 'not-justified' };
  const comment: CaseEvent = { kind: 'commented', text: 'x' };

  it('ends it by its assignee’s word alone', () => {
    expect(refused([opened()], closing)).toBe('case-unassigned');
    expect(refused([opened(), assigned], closing, { memberId: 'exchange-operator', userId: 'other' })).toBe(
      'not-the-assignee',
    );
    expect(refused([opened(), assigned], closing)).toBeUndefined();
  });

  it('is not said by the one whom it concerns', () => {
    expect(refused([opened()], comment, clinician)).toBe('actor-concerned');
    expect(refused([opened()], comment, colleague)).toBeUndefined();
  });

  it.each<[string, CaseEvent]>([
    ['a comment', comment],
    ['another outcome', closing],
    ['an assignment', { kind: 'assigned', to: reviewer }],
  ])('after its end is refused: %s', (_name, event) => {
    expect(refused([opened(), assigned, told(closing)], event)).toBe('case-closed');
  });
});
