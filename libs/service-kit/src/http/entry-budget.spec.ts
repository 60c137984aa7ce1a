import { EntryBudget } from './entry-budget.js';

describe(EntryBudget.name, () => {
  let nowMs = 5_000;
  const spent = (times: number, budget: EntryBudget) => Array.from({ length: times }, () => budget.admits());

  it('lets so many through in a second, and as many in the next', () => {
    const budget = new EntryBudget(2, () => nowMs);
    expect(spent(3, budget)).toEqual([true, true, false]);
    nowMs += 999;
    expect(budget.admits()).toBe(false);
    nowMs += 1;
    expect(spent(3, budget)).toEqual([true, true, false]);
  });

  it('says once how many it left out', () => {
    const budget = new EntryBudget(1, () => nowMs);
    expect(budget.takeSuppressed()).toEqual({});
    spent(4, budget);
    expect([budget.takeSuppressed(), budget.takeSuppressed()]).toEqual([{ suppressed: 3 }, {}]);
  });
});
