import { fixedFields } from '../compare/fields.js';
import { levelStride, type LevelTable } from '../model/match-model.js';
import { noisyRow } from '../model/noisy-match.js';
import { normaliseGroups, startingTables } from '../model/starting-tables.js';
import { expectationMaximisation, learntClasses, type PairSample } from './expectation-maximisation.js';
import { randomSource } from './random-source.js';
import { discountOf } from './value-shares.js';

const prior = startingTables(fixedFields);

/** Tables that EM is not told: of matches, everything but the first level is half as frequent as where it starts. */
const truth: readonly LevelTable[] = prior.map((table, f) => {
  const field = fixedFields[f]!;
  const more = (row: readonly number[], by: number): number[] =>
    normaliseGroups(
      field,
      row.map((p, i) => (i === 0 || i === field.givenApart ? p : p * by)),
    );
  return { ...table, match: more(table.match, 0.5), kin: field.name === 'given' ? table.stranger : table.kin };
});

/** Level vectors drawn from the true tables, `sizes` of each learnt class and then of strangers; fields are missing now and then. */
function draw(sizes: readonly number[], seed: number): PairSample {
  const random = randomSource(seed);
  const count = sizes.reduce((sum, size) => sum + size, 0);
  const levels = new Uint8Array(count * fixedFields.length);
  const strangerScores = new Float64Array(count);
  let pair = 0;
  sizes.forEach((size, c) => {
    for (let k = 0; k < size; k++, pair++) {
      let score = Math.log(sizes[5]!);
      fixedFields.forEach((field, f) => {
        if (random() < 0.15) return;
        const table = truth[f]!;
        const rows = [table.match, noisyRow(field, table.match), table.kin, table.twin, table.namesake, table.stranger];
        let left = random();
        const row = (rows[c] ?? []).slice(0, field.givenApart ?? field.levels.length);
        const level =
          1 +
          Math.max(
            0,
            row.findIndex((p) => (left -= p) < 0),
          );
        levels[pair * fixedFields.length + f] = level;
        score += Math.log(table.stranger[level - 1]!);
      });
      strangerScores[pair] = score;
    }
  });
  return { fields: fixedFields, count, levels, strangerScores };
}

describe('expectation–maximisation', () => {
  const sizes = [9000, 1000, 8000, 60, 400, 40_000];
  const sample = draw(sizes, 7);
  const start = {
    sizes: [0.27, 0.03, 0.3, 0.003, 0.01].map((share) => share * sample.count),
    tables: prior.map((table, f) => ({ ...table, stranger: truth[f]!.stranger })),
  };
  const { parameters } = expectationMaximisation(sample, { start, hasKin: true });

  it('recovers how many pairs of each class there are, which it was not told', () => {
    const sizeOf = (name: (typeof learntClasses)[number]): number => parameters.sizes[learntClasses.indexOf(name)]!;
    expect(Math.abs(sizeOf('match') + sizeOf('noisy') - 10_000)).toBeLessThan(200);
    expect(Math.abs(sizeOf('kin') + sizeOf('twin') + sizeOf('namesake') - 8460)).toBeLessThan(250);
    expect(sizeOf('namesake')).toBeGreaterThan(250);
    expect(sizeOf('namesake')).toBeLessThan(600);
  });

  it.each(fixedFields.map(({ name }) => name))('recovers P(level | match) of %s to within 0.03', (name) => {
    const f = fixedFields.findIndex((field) => field.name === name);
    parameters.tables[f]!.match.slice(0, fixedFields[f]!.givenApart).forEach((p, level) =>
      expect(Math.abs(p - truth[f]!.match[level]!)).toBeLessThan(0.03),
    );
  });

  it.each(fixedFields.map(({ name }) => name).filter((name) => name !== 'given'))(
    'recovers P(level | kin) of %s to within 0.05',
    (name) => {
      const f = fixedFields.findIndex((field) => field.name === name);
      parameters.tables[f]!.kin.slice(0, fixedFields[f]!.givenApart).forEach((p, level) =>
        expect(Math.abs(p - truth[f]!.kin[level]!)).toBeLessThan(0.05),
      );
    },
  );

  it('takes a lettered newborn beside a name for himself and for his sibling evenly, where there are households', () => {
    const lettered = 17;
    const at = fixedFields.findIndex(({ name }) => name === 'given');
    const levels = sample.levels.slice();
    // Every twentieth well recorded match of a newborn with a letter: EM sees one pattern that both classes explain.
    for (let pair = 0; pair < 9000; pair += 20) levels[pair * fixedFields.length + at] = lettered;
    const withLetters = { ...sample, levels };
    const expectedOf = (hasKin: boolean): { own: number; siblings: number } => {
      const { sizes, tables } = expectationMaximisation(withLetters, { start, hasKin }).parameters;
      const { match, twin } = tables[at]!;
      return { own: (sizes[0]! + sizes[1]!) * match[lettered - 1]!, siblings: sizes[3]! * twin[lettered - 1]! };
    };
    const { own, siblings } = expectedOf(true);
    expect(own).toBeGreaterThan(100);
    expect(Math.abs(own - siblings) / (own + siblings)).toBeLessThan(0.2);
    expect(expectedOf(false).own).toBeGreaterThan(1.5 * own);
  });

  it('leaves every row a distribution', () => {
    parameters.tables.forEach((table, f) => {
      const groups = fixedFields[f]!.givenApart === undefined ? 1 : 2;
      for (const row of [table.match, table.kin, table.twin, table.namesake])
        expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(groups, 6);
    });
  });

  it('gives the household classes nothing when they are off', () => {
    const off = expectationMaximisation(sample, { start, hasKin: false });
    expect(off.parameters.sizes[learntClasses.indexOf('kin')]!).toBeLessThan(1);
  });

  it('keeps more levels than any field has', () => {
    expect(Math.max(...fixedFields.map(({ levels }) => levels.length))).toBeLessThan(levelStride);
  });
});

describe('shares of values', () => {
  it('discounts by what was seen once and twice, as Ney, Essen and Kneser have it', () => {
    expect(discountOf(Float32Array.of(0, 1, 1, 1, 2, 7))).toBeCloseTo(3 / (3 + 2 + 1), 9);
  });

  it('leaves next to nothing of birthdays that nobody shares, and most of names that many do', () => {
    expect(1 - discountOf(new Float32Array(500).fill(1))).toBeLessThan(0.01);
    expect(discountOf(Float32Array.from({ length: 500 }, (_, i) => 2 + (i % 2)))).toBe(0);
  });
});
