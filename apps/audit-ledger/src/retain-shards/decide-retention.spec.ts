import fc from 'fast-check';

import { type KeptBecause, type ShardFacts, decideRetention, yearsAfter } from './decide-retention.js';

const LAST = Date.UTC(2020, 6, 1, 0, 0, 0, 1);
const SIX_LATER = Date.UTC(2026, 6, 1, 0, 0, 0, 1);

const shard = (name: string, more: Partial<ShardFacts> = {}): ShardFacts => ({
  ...{ name, isClosed: true, isCosigned: true, isDropped: false, lastAtMs: LAST },
  ...{ missingRows: 0, heldEntries: 0, openCases: 0 },
  ...more,
});
const open = shard('2021h1', { isClosed: false, isCosigned: false });
const chain = (more: Partial<ShardFacts> = {}) => [shard('2020h1', more), shard('2020h2'), open];
const first = (more: Partial<ShardFacts> = {}, nowMs = SIX_LATER, years = 6) =>
  decideRetention(chain(more), { nowMs, years })[0];

it('lets a shard go that nothing keeps, and neither the newest closed nor the open one', () => {
  const decided = decideRetention(chain(), { nowMs: SIX_LATER, years: 6 });
  expect(decided.map(({ name, state, because }) => [name, state, because])).toEqual([
    ['2020h1', 'droppable', []],
    ['2020h2', 'kept', ['newest-closed-shard']],
    ['2021h1', 'kept', ['shard-open', 'not-cosigned']],
  ]);
});

it.each<[string, Partial<ShardFacts>, KeptBecause]>([
  ['an entry of a patient under legal hold stands in it', { heldEntries: 1 }, 'legal-hold'],
  ['an open review stands on its entries', { openCases: 1 }, 'case-open'],
  ['too few witnesses have vouched for its end', { isCosigned: false }, 'not-cosigned'],
  ['rows of it are missing, so that nobody knows whom it is about', { missingRows: 1 }, 'rows-missing'],
  ['its last entry is younger by a millisecond', { lastAtMs: LAST + 1 }, 'within-retention'],
])('keeps a shard when %s', (_what, more, reason) => {
  expect(first(more)).toMatchObject({ state: 'kept', because: [reason] });
});

it('names every reason', () => {
  expect(first({ heldEntries: 2, openCases: 3, isCosigned: false }, SIX_LATER - 1)?.because).toEqual([
    ...['not-cosigned', 'within-retention', 'legal-hold', 'case-open'],
  ]);
});

it.each<[string, number, number, number]>([
  ['six years to the millisecond', Date.UTC(2020, 0, 1), 6, Date.UTC(2026, 0, 1)],
  ['a period with one leap day in it', Date.UTC(2021, 2, 1), 6, Date.UTC(2027, 2, 1)],
  ['a leap day that the later year does not have', Date.UTC(2024, 1, 29, 12), 6, Date.UTC(2030, 2, 1, 12)],
  ['a leap day that it has', Date.UTC(2024, 1, 29), 8, Date.UTC(2032, 1, 29)],
  ['the last moment of a year', Date.UTC(2020, 11, 31, 23, 59, 59, 999), 10, Date.UTC(2030, 11, 31, 23, 59, 59, 999)],
])('counts %s', (_what, lastAtMs, years, endsMs) => {
  expect(yearsAfter(lastAtMs, years)).toBe(endsMs);
  expect(first({ lastAtMs }, endsMs, years)?.state).toBe('droppable');
  expect(first({ lastAtMs }, endsMs - 1, years)).toMatchObject({ state: 'kept', because: ['within-retention'] });
});

it('lets nothing go before six years, whatever else is true', () => {
  const day = 86_400_000;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }),
      fc.integer({ min: 0, max: 6 * 365 * day }),
      fc.integer({ min: 6, max: 40 }),
      (lastAtMs, laterMs, years) => first({ lastAtMs }, lastAtMs + laterMs, years)?.state === 'kept',
    ),
  );
});

it.each([5, 0, -6, 5.9, 6.5, NaN])('takes no period of %s years', (years) => {
  expect(() => first({}, SIX_LATER, years)).toThrow(RangeError);
});

it('leaves alone what was dropped before', () => {
  expect(first({ isDropped: true, heldEntries: 1 })).toMatchObject({ state: 'dropped', because: [] });
});
