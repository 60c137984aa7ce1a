import fc from 'fast-check';

import { createMatchIndex, type MatchIndex } from '../match-index.js';
import { defaultModel } from '../model/default-model.js';
import { type PatientRecord } from '../normalise/normalise-record.js';

/** All that a US registration can hold, with a double name and several numbers. */
const full: PatientRecord = {
  names: [{ given: 'Marisol', middle: 'Esperanza', family: 'Garcia Ruiz' }],
  birthDates: ['1980-03-07'],
  sex: 'F',
  addresses: [{ street: '12 Elm Street', unit: '4', city: 'Dayton', state: 'OH', postalCode: '45402' }],
  phones: ['(937) 234-0134'],
  emails: ['marisol@mail.org'],
  nationalIds: ['219-09-4827'],
  identifiers: ['h1', 'h2', 'h3'].map((system) => ({ system, value: '4711' })),
};
const category = [0.85, 0.15];
const modelWithExtra = {
  ...defaultModel,
  fields: [
    ...defaultModel.fields,
    {
      name: 'ward',
      table: { match: category, kin: category, twin: category, namesake: category, stranger: category },
    },
  ],
};
const stranger = (i: number): PatientRecord => ({
  names: [{ given: `Given${i}`, family: `Family${i}` }],
  birthDates: [`19${10 + (i % 80)}-0${1 + (i % 9)}-1${i % 10}`],
  phones: [`614 4${String(i * 37).padStart(6, '0')}`],
});
const indexOf = (records: readonly PatientRecord[], slotsPerRow?: number): MatchIndex => {
  const index = createMatchIndex({ capacity: 16, ...(slotsPerRow === undefined ? {} : { slotsPerRow }) });
  for (const record of records) index.insert(record);
  return index;
};
const compared = (index: MatchIndex, query: PatientRecord): { rows: number[]; complete: boolean } => {
  const { candidates, complete } = index.search(query, { minProbability: 0, limit: 10_000 });
  return { rows: candidates.map(({ row }) => row).sort((a, b) => a - b), complete };
};

describe('a record with everything that a record can have', () => {
  const index = indexOf([full, ...Array.from({ length: 200 }, (_, i) => stranger(i))]);
  const [name] = full.names!;
  const { given, family } = name!;

  it.each<[string, PatientRecord]>([
    ['both names', { names: [{ given, family }] }],
    ['names that sound so', { names: [{ given: 'Marizol', family: 'Garsia Ruis' }] }],
    ['names the wrong way round', { names: [{ given: family, family: given }] }],
    ['given name and year', { names: [{ given, family: 'Lindqvist' }], birthDates: ['1980-11-30'] }],
    ['family name and year', { names: [{ given: 'Zoe', family }], birthDates: ['1980-11-30'] }],
    ['given name and day', { names: [{ given, family: 'Lindqvist' }], birthDates: ['1950-03-07'] }],
    ['given name and city', { names: [{ given }], addresses: [{ city: 'Dayton' }] }],
    ['last four digits and the year', { nationalIds: ['4827'], birthDates: ['1980-11-30'] }],
    ['date of birth', { birthDates: ['1980-03-07'] }],
    ['month of birth and postal code', { birthDates: ['1980-03-21'], addresses: [{ postalCode: '45402' }] }],
    ['the house', { addresses: [{ street: '12 Elm St', postalCode: '45402' }] }],
    ['the third identifier', { identifiers: [{ system: 'h3', value: '4711' }] }],
    ['e-mail', { emails: ['marisol@mail.org'] }],
  ])('is found by %s alone', (_, query) => expect(compared(index, query)).toEqual({ rows: [16], complete: true }));
});

describe('the keys of a row', () => {
  it('that are promised are never cut: they go on in a further row', () => {
    const identifiers = Array.from({ length: 70 }, (_, i) => ({ system: `s${i}`, value: `${i + 1}` }));
    const index = indexOf([{ ...full, identifiers }, ...Array.from({ length: 40 }, (_, i) => stranger(i))]);
    for (const one of identifiers)
      expect(compared(index, { identifiers: [one] })).toEqual({ rows: [16], complete: true });
    expect(compared(index, { birthDates: full.birthDates!, names: [{ family: 'Ruiz' }] }).rows).toContain(16);
    index.update(16, full);
    expect(compared(index, { identifiers: [identifiers[69]!] }).rows).toEqual([]);
    index.tombstone(16);
    expect(compared(index, full).rows).toEqual([]);
  });

  it('are of the rules that the index names, each of which finds by itself', () => {
    const extraFields = [{ name: 'ward', kind: 'category' }] as const;
    const one = { ...full, extras: { ward: 'east' } };
    const index = createMatchIndex({ slotsPerRow: 64, extraFields, model: modelWithExtra });
    index.insert(one);
    const found = index.rules.map(({ name }) => [
      name,
      index.search(one, { minProbability: 0, byRules: [name] }).compared,
    ]);
    expect(found).toEqual(index.rules.map(({ name }) => [name, 1]));
    expect(index.search(one, { minProbability: 0, byRules: [] }).compared).toBe(0);
  });

  it('find the same with few slots as with many, through growth, changes and removals', () => {
    const record = fc.record({
      names: fc.array(
        fc.record({ given: fc.constantFrom('Ana', 'Bo'), family: fc.constantFrom('Lee', 'Garcia Ruiz') }),
        { minLength: 1, maxLength: 3 },
      ),
      birthDates: fc.constantFrom(['1980-03-07'], ['1990-01-02']),
      identifiers: fc.array(
        fc.record({ system: fc.constantFrom('h1', 'h2', 'h3'), value: fc.constantFrom('1', '2', '3') }),
        { maxLength: 6 },
      ),
    });
    const promised = ['identifier', 'birthDate+sound', 'birthDate+family', 'birthDate+prefix', 'sounds+year'];
    fc.assert(
      fc.property(fc.array(fc.tuple(record, fc.nat(3)), { minLength: 1, maxLength: 40 }), record, (steps, query) => {
        const found = [2, 64].map((slotsPerRow) => {
          const index = createMatchIndex({ capacity: 16, slotsPerRow });
          const rows: number[] = [];
          for (const [next, kind] of steps) {
            const row = rows.at(-1);
            if (kind === 1 && row !== undefined) index.update(row, next);
            else if (kind === 2 && row !== undefined) index.tombstone(rows.pop()!);
            else rows.push(index.insert(next));
          }
          const { candidates, complete } = index.search(query, { minProbability: 0, limit: 100, byRules: promised });
          return { complete, rows: candidates.map(({ row }) => rows.indexOf(row)).sort((a, b) => a - b) };
        });
        expect(found[0]).toEqual(found[1]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a value that a crowd shares', () => {
  const phones = ['937 234 0134'];
  const guest = (i: number): PatientRecord => ({
    names: [{ given: `Given${i}`, family: `Family${i}` }],
    birthDates: [`${1930 + (i % 80)}-${String(1 + (i % 12)).padStart(2, '0')}-11`],
    phones,
    addresses: [{ street: '1 Shelter Road', postalCode: '45402' }],
  });
  const guests = (count: number): PatientRecord[] => Array.from({ length: count }, (_, i) => guest(i));

  it('is evidence of a household', () => {
    const { candidates } = indexOf(guests(20)).search({ phones, names: [{ given: 'Given3', family: 'Family3' }] });
    expect(candidates[0]?.explanation.fields.map(({ field }) => field)).toContain('phone');
  });

  it('is no evidence when it is an institution\u2019s, and leaves the search complete however many have it', () => {
    const index = indexOf(guests(7_000));
    const query = { ...guest(3), addresses: [{ street: '1 Shelter Road', postalCode: '45402' }] };
    const { candidates, complete, compared: met } = index.search(query);
    expect(complete).toBe(true);
    expect(met).toBeLessThan(3_000);
    expect(candidates[0]).toMatchObject({ row: 19 });
    expect(candidates[0]?.explanation.fields.map(({ field }) => field)).not.toContain('phone');
    expect(index.search({ phones })).toMatchObject({ complete: true, compared: 0 });
    const [stored] = index.searchStored(19, { rows: [20] }).candidates;
    expect(stored?.explanation.fields.map(({ field }) => field)).not.toContain('phone');
  });

  it('is one person\u2019s however many records that person has', () => {
    const index = indexOf(Array.from({ length: 300 }, () => guest(1)));
    const { candidates, complete } = index.search({ phones, names: [{ given: 'Given1', family: 'Family1' }] });
    expect(complete).toBe(true);
    expect(candidates[0]?.explanation.fields.map(({ field }) => field)).toContain('phone');
  });
});
