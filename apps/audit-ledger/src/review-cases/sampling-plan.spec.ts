import fc from 'fast-check';

import { drawSample, riskScores } from './sampling-plan.js';

const entry = (id: number, further: object = {}) => ({
  ...{ eventId: `e-${id}`, purpose: 'TREAT', at: '2026-01-02T10:00:00.000Z', patient: `p-${id}` },
  ...{ requester: { memberId: 'mercy', clientId: 'mercy-emr', userId: `u-${id}` } },
  ...further,
});
const many = (count: number) => Array.from({ length: count }, (_, id) => entry(id));
const ids = (sample: readonly { readonly entry: { readonly eventId: string } }[]) =>
  sample.map((drawn) => drawn.entry.eventId);

describe('a sample', () => {
  it('takes the riskiest first, and the rest by chance, each once', () => {
    const broken = entry(900, { purpose: 'BTG', requester: { memberId: 'mercy' } });
    const atNight = entry(901, { at: '2026-01-02T23:30:00.000Z' });
    const sample = drawSample([...many(50), atNight, broken], { seed: 'a seed said before', random: 5, byRisk: 2 });
    expect(sample.slice(0, 2)).toEqual([
      { entry: broken, score: 6, reason: 'sampled-risk' },
      { entry: atNight, score: 1, reason: 'sampled-risk' },
    ]);
    expect(sample.slice(2).map(({ reason }) => reason)).toEqual(Array(5).fill('sampled-random'));
    expect(new Set(ids(sample)).size).toBe(7);
  });

  it('does not depend on the order of the entries, and does on the seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.string({ minLength: 8 }), (count, seed) => {
        const plan = { seed, random: 5, byRisk: 3 };
        expect(drawSample(many(count).reverse(), plan)).toEqual(drawSample(many(count), plan));
      }),
    );
    const draw = (seed: string) => ids(drawSample(many(500), { seed, random: 10, byRisk: 0 }));
    expect(draw('one seed')).not.toEqual(draw('another seed'));
  });

  it('holds no more than there is, and nothing of nothing', () => {
    expect(drawSample(many(3), { seed: 's', random: 10, byRisk: 10 })).toHaveLength(3);
    expect(drawSample([], { seed: 's', random: 10, byRisk: 10 })).toEqual([]);
  });

  it('gives nobody a place for risk who has none about them', () => {
    expect(drawSample(many(10), { seed: 's', random: 0, byRisk: 10 })).toEqual([]);
  });

  // 200 seeds, 10 of 100: each entry is drawn 20 times on the average; a deviation of 13 is three times the standard one.
  it('draws every entry about as often as any other', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 200; seed += 1) {
      for (const id of ids(drawSample(many(100), { seed: `seed ${seed}`, random: 10, byRisk: 0 }))) {
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
    }
    expect(counts.size).toBe(100);
    expect(Math.max(...counts.values())).toBeLessThan(40);
  });
});

describe('the risk of a disclosure', () => {
  it.each<[string, object, number]>([
    ['with nothing about it', {}, 0],
    ['under a broken glass', { purpose: 'BTG' }, 5],
    ['in an emergency', { purpose: 'ETREAT' }, 1],
    ['at 22:00', { at: '2026-01-02T22:00:00.000Z' }, 1],
    ['at 05:59', { at: '2026-01-02T05:59:59.000Z' }, 1],
    ['at 06:00', { at: '2026-01-02T06:00:00.000Z' }, 0],
    ['to a system that names nobody', { requester: { memberId: 'mercy' } }, 1],
  ])('%s', (_name, further, score) => {
    expect(riskScores([entry(1, further)]).get('e-1')).toBe(score);
  });

  it('rises with more than 20 patients for one requester in an hour, and not with 20', () => {
    const requester = { memberId: 'mercy', clientId: 'mercy-emr', userId: 'u' };
    const shift = (patients: number) => Array.from({ length: patients }, (_, id) => entry(id, { requester }));
    expect(riskScores(shift(20)).get('e-0')).toBe(0);
    expect(riskScores(shift(21)).get('e-0')).toBe(3);
    expect(riskScores(shift(21).map((one) => ({ ...one, patient: 'p' }))).get('e-0')).toBe(0);
  });
});
