import { Admission, type Applicant } from './admission.js';
import { PendingQuery } from './pending-query.js';

const FIRST_LIMIT = 32;

describe(Admission.name, () => {
  beforeEach(() => import.meta.jest.useFakeTimers());
  afterEach(() => import.meta.jest.useRealTimers());

  const applicant = (over: Partial<Applicant> = {}): Applicant => ({
    memberId: 'mercy',
    purpose: 'TREAT',
    deadlineMs: Date.now() + 5_000,
    ...over,
  });
  const query = (memberId = 'mercy') =>
    new PendingQuery({ txn: 't', memberId, requestDigest: 'd', deadlineMs: Date.now() + 5_000 });

  /** As many under way as may be. */
  async function full(): Promise<Admission> {
    const admission = new Admission({ MEMBER_SHARE: 1 });
    for (let each = 0; each < FIRST_LIMIT; each += 1) await admission.enter(applicant());
    return admission;
  }

  /** As many of one member under way as may be, and places left for others. */
  async function halfFull(): Promise<Admission> {
    const admission = new Admission({ MEMBER_SHARE: 0.5 });
    for (let each = 0; each < FIRST_LIMIT / 2; each += 1) await admission.enter(applicant());
    return admission;
  }

  function entering(admission: Admission, over: Partial<Applicant> = {}) {
    const seen: string[] = [];
    admission.enter(applicant(over)).then(
      () => seen.push('in'),
      (error: unknown) => seen.push((error as Error).message),
    );
    return seen;
  }
  const settled = () => import.meta.jest.advanceTimersByTimeAsync(0);

  it('lets the next one in when a query has its first answer, once', async () => {
    const admission = await full();
    const [first, second] = [entering(admission), entering(admission)];
    const asked = query();
    admission.leaveWith(asked);
    await settled();
    expect([first, second]).toEqual([[], []]);
    asked.end(undefined);
    await settled();
    expect([first, second]).toEqual([['in'], []]);
  });

  it('gives the place of a query that was never sent to the next', async () => {
    const admission = await full();
    const next = entering(admission);
    admission.withdraw({ memberId: 'mercy', purpose: 'TREAT' });
    await settled();
    expect(next).toEqual(['in']);
  });

  it('refuses whoever has no place in half of the time, and forgets them', async () => {
    const admission = await full();
    const [hasty, patient] = [entering(admission, { deadlineMs: Date.now() + 1_000 }), entering(admission)];
    await import.meta.jest.advanceTimersByTimeAsync(501);
    expect([hasty, patient]).toEqual([['overloaded'], []]);
    admission.withdraw({ memberId: 'mercy', purpose: 'TREAT' });
    await settled();
    expect(patient).toEqual(['in']);
  });

  it('keeps the places for others that are beyond one member’s share', async () => {
    const admission = await halfFull();
    const [own, another] = [entering(admission), entering(admission, { memberId: 'lakeside' })];
    await settled();
    expect([own, another]).toEqual([[], ['in']]);
    admission.withdraw({ memberId: 'lakeside', purpose: 'TREAT' });
    await settled();
    expect(own).toEqual([]);
    admission.withdraw({ memberId: 'mercy', purpose: 'TREAT' });
    await settled();
    expect(own).toEqual(['in']);
  });

  it('refuses a member over its share in half of the time, as everybody without a place', async () => {
    const admission = await halfFull();
    const own = entering(admission, { deadlineMs: Date.now() + 1_000 });
    await import.meta.jest.advanceTimersByTimeAsync(501);
    expect(own).toEqual(['overloaded']);
  });

  it('lets an emergency overtake', async () => {
    const admission = await full();
    const [treatment, emergency] = [entering(admission), entering(admission, { purpose: 'ETREAT' })];
    admission.withdraw({ memberId: 'mercy', purpose: 'TREAT' });
    await settled();
    expect([treatment, emergency]).toEqual([[], ['in']]);
  });
});
