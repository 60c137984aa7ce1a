import { decide, type DecisionPolicy } from './decide.js';

const scored = (...probabilities: number[]): { id: number; probability: number }[] =>
  probabilities.map((probability, id) => ({ id, probability }));

describe('decide', () => {
  it.each([
    ['one above the link threshold', scored(0.96), true, { kind: 'certain', id: 0 }],
    ['exactly at the threshold', scored(0.95), true, { kind: 'certain', id: 0 }],
    ['just below it', scored(0.9499), true, { kind: 'review', reason: 'below-link-threshold' }],
    ['two above it, whichever is higher', scored(0.96, 0.999), true, { kind: 'review', reason: 'rival', ids: [1, 0] }],
    ['a rival worth a look', scored(0.99, 0.2), true, { kind: 'review', reason: 'rival' }],
    ['a rival not worth one', scored(0.99, 0.19), true, { kind: 'certain', id: 0 }],
    ['nobody', scored(), true, { kind: 'new' }],
    ['nobody plausible', scored(0.1, 0.05), true, { kind: 'new' }],
    [
      'one whom something stated forbids',
      [{ id: 0, probability: 0.999, isVetoed: true }],
      true,
      { kind: 'review', reason: 'veto', ids: [0] },
    ],
    ['a search cut short', scored(0.999), false, { kind: 'review', reason: 'search-incomplete', ids: [0] }],
    ['a search cut short that found nobody', scored(), false, { kind: 'review', reason: 'search-incomplete', ids: [] }],
  ])('%s', (_, candidates, complete, expected) => expect(decide(candidates, complete)).toMatchObject(expected));

  it('takes the thresholds it is given', () => {
    const strict: DecisionPolicy = { linkAt: 0.999, reviewAt: 0.5 };
    expect(decide(scored(0.99), true, strict).kind).toBe('review');
    expect(decide(scored(0.49), true, strict).kind).toBe('new');
  });
});
