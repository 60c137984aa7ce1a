import type { Pointer } from '../keep-pointers/pointer.repository.js';
import { type Circumstances, orderCustodians } from './order-custodians.js';
import { ResponseTimes } from './response-times.js';

const pointer = (memberId: string, over: Partial<Pointer> = {}): Pointer => ({
  memberId,
  kinds: [],
  discloses: false,
  local: { system: 's', value: memberId },
  ...over,
});
const circumstances = (over: Partial<Circumstances> = {}): Circumstances => ({
  requester: 'mercy',
  decision: {
    effect: 'permit',
    rule: 'r',
    obligations: { withholdLabels: [], mayTellWithheld: false, excludeMembers: [] },
  },
  isActive: () => true,
  expectedMs: () => undefined,
  ...over,
});

describe('orderCustodians', () => {
  it('asks those known to hold something first, and the fast before the slow', () => {
    const expected = new Map([
      ['slow', 900],
      ['fast', 20],
      ['empty', 1],
    ]);
    const pointers = [
      pointer('empty'),
      pointer('slow', { kinds: ['AllergyIntolerance'] }),
      pointer('fast', { kinds: ['Condition'] }),
    ];
    const ordered = orderCustodians(pointers, circumstances({ expectedMs: (memberId) => expected.get(memberId) }));
    expect(ordered.map(({ memberId }) => memberId)).toEqual(['fast', 'slow', 'empty']);
  });

  it('keeps whoever is not asked in the list, with the reason', () => {
    const obligations = { withholdLabels: [], mayTellWithheld: false, excludeMembers: ['clinic'] };
    const ordered = orderCustodians(
      ['mercy', 'gone', 'clinic', 'st-marys'].map((memberId) => pointer(memberId)),
      circumstances({
        decision: { effect: 'permit', rule: 'r', obligations },
        isActive: (memberId) => memberId !== 'gone',
      }),
    );
    expect(Object.fromEntries(ordered.map(({ memberId, instruction }) => [memberId, instruction]))).toEqual({
      clinic: 'excluded-by-patient',
      gone: 'member-suspended',
      mercy: 'own-record',
      'st-marys': 'ask',
    });
  });

  it('joins the records of one member, and is discreet about it when one of them is', () => {
    const [only, ...others] = orderCustodians(
      [pointer('a', { kinds: ['Condition'] }), pointer('a', { discloses: true, local: { system: 's', value: '2' } })],
      circumstances(),
    );
    expect(others).toEqual([]);
    expect(only).toMatchObject({ kinds: ['Condition'], discloses: true, records: [{ value: 'a' }, { value: '2' }] });
  });
});

describe(ResponseTimes.name, () => {
  it('moves a fifth of the way to each observation', () => {
    const times = new ResponseTimes();
    expect(times.expectedMs('a')).toBeUndefined();
    times.note('a', true, 100);
    times.note('a', true, 200);
    expect(times.expectedMs('a')).toBe(120);
  });

  it('counts silence as slowness', () => {
    const times = new ResponseTimes();
    times.note('a', false, 30);
    expect(times.expectedMs('a')).toBe(10_000);
  });
});
