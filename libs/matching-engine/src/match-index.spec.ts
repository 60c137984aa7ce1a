import fc from 'fast-check';

import { createMatchIndex, loadMatchIndex, type MatchIndex } from './match-index.js';
import { defaultModel } from './model/default-model.js';
import { normaliseRecord, type PatientRecord } from './normalise/normalise-record.js';
import { decide } from './search/decide.js';
import { type SearchOptions } from './search/search-index.js';

const kate: PatientRecord = {
  names: [{ given: 'Katherine', middle: 'Ann', family: "O'Neil" }],
  birthDates: ['1980-03-07'],
  sex: 'F',
  addresses: [{ street: '12 Elm Street', city: 'Dayton', postalCode: '45402' }],
  phones: ['(937) 234-0134'],
};

const families = ['Garcia', 'Okafor', 'Nguyen', 'Smith', 'Kowalski', 'Haddad', 'Larsen', 'Moreau'];
const givens = ['Ana', 'Chidi', 'Linh', 'John', 'Piotr', 'Leila', 'Ingrid', 'Luc', 'Rosa', 'Emma'];

/** People who are surely different: each has names, a date and a telephone number of his own. */
function crowd(count: number): PatientRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    names: [{ given: givens[i % givens.length]!, family: families[Math.floor(i / givens.length) % families.length]! }],
    birthDates: [
      `${1930 + (i % 80)}-${String(1 + (i % 12)).padStart(2, '0')}-${String(1 + (i % 28)).padStart(2, '0')}`,
    ],
    sex: i % 2 === 0 ? 'F' : 'M',
    phones: [
      `(${300 + (i % 600)}) 4${String(i).padStart(2, '0').slice(-2)}-${String((i * 7919) % 10_000).padStart(4, '0')}`,
    ],
  }));
}

const filled = (count: number, first?: PatientRecord): MatchIndex => {
  const index = createMatchIndex({ capacity: 16 });
  if (first !== undefined) index.insert(first);
  for (const record of crowd(count)) index.insert(record);
  return index;
};

const search = (index: MatchIndex, record: PatientRecord): object => {
  const { candidates, complete, compared } = index.search(record, { minProbability: 1e-6 });
  return { complete, compared, found: candidates.map(({ row, probability }) => [row, probability]) };
};

describe('a match index', () => {
  it('finds a patient behind a nickname, swapped day and month and another address', () => {
    const index = filled(500, kate);
    const { candidates, complete } = index.search({
      names: [{ given: 'Kate', family: 'ONeil' }],
      birthDates: ['1980-07-03'],
      sex: 'F',
      phones: ['937 234 0134'],
    });
    expect(complete).toBe(true);
    expect(candidates[0]?.row).toBe(16);
    expect(candidates[0]?.probability).toBeGreaterThan(0.95);
    expect(candidates[0]?.explanation.fields.map(({ field, level }) => `${field}: ${level}`)).toEqual(
      expect.arrayContaining([
        'given: nickname or prefix',
        'family: same',
        'birthDate: day and month swapped',
        'phone: same',
      ]),
    );
  });

  it('finds a patient whose names were swapped and whose given name is a familiar form', () => {
    const index = filled(500, { ...kate, names: [{ given: 'Michael', family: 'Labbe' }] });
    const swapped = { ...kate, names: [{ given: 'Labbe', family: 'Mikey' }] };
    const [best] = index.search(swapped).candidates;
    expect(best).toMatchObject({ row: 16 });
    expect(best?.explanation.fields).toContainEqual(
      expect.objectContaining({ field: 'given', level: 'given and family swapped' }),
    );
    const [stranger] = index.search({ ...kate, names: [{ given: 'Labbe', family: 'Robert' }] }).candidates;
    expect(stranger?.explanation.fields.map(({ level }) => level)).not.toContain('given and family swapped');
  });

  it('does not take a newborn with a twin letter for the sibling of the same day and house', () => {
    const newborn = (given: string, extra: Partial<PatientRecord> = {}): PatientRecord => ({
      names: [{ given, family: 'Leaser' }],
      birthDates: ['2022-12-10'],
      sex: 'F',
      addresses: kate.addresses!,
      phones: kate.phones!,
      ...extra,
    });
    const index = filled(300, newborn('Gail'));
    const [lettered] = index.search(newborn('Baby Girl A')).candidates;
    expect(lettered?.row).toBe(16);
    expect(lettered?.probability).toBeLessThan(0.6);
    const [single] = index.search(newborn('Baby Girl')).candidates;
    expect(single?.probability).toBeGreaterThan(0.95);
  });

  it('explains in bits that add up, and class posteriors that sum to one', () => {
    const index = filled(200, kate);
    const [best] = index.search(kate).candidates;
    const { explanation, posterior } = best!;
    const sum = explanation.fields.reduce((total, { bits }) => total + bits, explanation.priorBits);
    expect(sum).toBeCloseTo(explanation.totalBits, 9);
    expect(Object.values(posterior).reduce((total, p) => total + p, 0)).toBeCloseTo(1, 9);
    expect(explanation.totalBits).toBeGreaterThan(best!.weightBits - 1);
  });

  it('explains what was found then, whatever was searched, entered or learnt since', () => {
    const [asked, left] = [filled(200, kate), filled(200, kate)].map((index) => ({ index, ...index.search(kate) }));
    const { explanation } = asked!.candidates[0]!;
    const { index, candidates } = left!;
    crowd(20).forEach((record) => index.search(record));
    index.insert(kate);
    index.useModel({ ...defaultModel, version: 'next', nameCoincidence: 3 });
    expect(candidates[0]!.explanation).toEqual(explanation);
  });

  it('takes a record that is read already for what it is', () => {
    const [raw, read] = [filled(200, kate), filled(200, kate)];
    const record = normaliseRecord(kate);
    expect(read.search(record)).toEqual(raw.search(kate));
    read.insert(record);
    raw.insert(kate);
    expect(read.search(kate)).toEqual(raw.search(kate));
    expect(read.search(kate).candidates).toHaveLength(2);
  });

  it('passes over no candidate that would be one when compared in full', () => {
    const word = fc.constantFrom(
      'ana',
      'anna',
      'ann',
      'maria',
      'mary ann',
      'maryann',
      'garcia',
      'garzia',
      'garcia ruiz',
      'ruiz',
      'a',
      'li',
      '',
    );
    const record = fc.record({
      names: fc.tuple(fc.record({ given: word, middle: word, family: word, suffix: fc.constantFrom('', 'Jr', 'III') })),
      birthDates: fc.tuple(fc.constantFrom('1980-03-07', '1980-07-03', '1980-03-08', '1990-03-07', '1980', '')),
      sex: fc.constantFrom('F', 'M'),
      phones: fc.tuple(fc.constantFrom('937 234 0134', '937 234 0135', '')),
      emails: fc.tuple(fc.constantFrom('ana.g@mail.org', 'ana.garcia@mail.org', '')),
      nationalIds: fc.tuple(fc.constantFrom('4821', '4822', '7310', '')),
      addresses: fc.tuple(
        fc.record({
          street: fc.constantFrom('12 Elm Street', '12 Elms Street', '14 Elm St', '9 Oak Road', ''),
          city: fc.constantFrom('Dayton', 'Lima', ''),
          postalCode: fc.constantFrom('45402', '45420', ''),
        }),
      ),
    });
    fc.assert(
      fc.property(fc.array(record, { minLength: 10, maxLength: 40 }), record, (records, query) => {
        const index = createMatchIndex({ population: 3000 });
        for (const one of records) index.insert(one);
        const found = (options: SearchOptions): unknown[] =>
          index
            .search(query, { limit: 100, ...options })
            .candidates.filter(({ probability }) => probability >= 0.2)
            .map(({ row, probability }) => [row, probability]);
        expect(found({ minProbability: 0.2 })).toEqual(found({ minProbability: 0 }));
      }),
      { numRuns: 150 },
    );
  });

  it('leaves nothing behind when asked: the same question has the same answer, and the dictionaries do not grow', () => {
    const index = filled(100, kate);
    const before = [...index.snapshot()].map((piece) => piece.slice());
    const answer = search(index, kate);
    search(index, {
      names: [{ given: 'Zebulon Quixote', family: 'van der Xyz' }],
      identifiers: [{ system: 'urn:x', value: '7' }],
      emails: ['new@mail.example.org'],
    });
    expect(search(index, kate)).toEqual(answer);
    expect([...index.snapshot()].map((piece) => piece.length)).toEqual(before.map((piece) => piece.length));
  });

  it('finds a record by any value it ever had', () => {
    const index = filled(300, {
      ...kate,
      names: [
        { given: 'Katherine', family: 'Lindqvist' },
        { given: 'Katherine', family: "O'Neil" },
      ],
      phones: ['(614) 234-9871', '(937) 234-0134'],
    });
    const [byMaidenName] = index.search({
      names: [{ given: 'Katherine', family: 'ONeil' }],
      birthDates: ['1980-03-07'],
      phones: ['9372340134'],
    }).candidates;
    expect(byMaidenName?.row).toBe(16);
    expect(byMaidenName?.explanation.fields).toContainEqual(
      expect.objectContaining({ field: 'family', level: 'same' }),
    );
  });

  it('forgets a tombstone for good and never gives its row away', () => {
    const index = filled(50, kate);
    index.tombstone(16);
    expect(index.search(kate).candidates.map(({ row }) => row)).not.toContain(16);
    expect(index.insert(kate)).not.toBe(16);
    expect(() => index.tombstone(16)).toThrow(RangeError);
    expect(() => index.update(3, kate)).toThrow(RangeError);
  });

  it('is in the same state after any inserts, changes and removals as one built from what is left', () => {
    const record = fc.integer({ min: 0, max: 60 }).map((i) => crowd(61)[i]!);
    const command = fc.record({ kind: fc.constantFrom('insert', 'update', 'remove'), record, at: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60, size: 'max' }), record, (commands, query) => {
        const index = createMatchIndex({ capacity: 16 });
        const held = new Map<number, PatientRecord>();
        for (const { kind, record: next, at } of commands) {
          const row = [...held.keys()][at];
          if (kind === 'insert' || row === undefined) held.set(index.insert(next), next);
          else if (kind === 'update') {
            index.update(row, next);
            held.set(row, next);
          } else {
            index.tombstone(row);
            held.delete(row);
          }
        }
        const fresh = createMatchIndex();
        const rowOf = new Map([...held].map(([row, kept]) => [fresh.insert(kept), row]));
        const strip = (from: MatchIndex, translate: (row: number) => number | undefined): unknown[] =>
          from
            .search(query, { minProbability: 1e-9, limit: 100 })
            .candidates.map(({ row, probability }) => [translate(row), probability.toFixed(9)])
            .sort();
        expect(index.size).toBe(held.size);
        expect(strip(index, (row) => row)).toEqual(strip(fresh, (row) => rowOf.get(row)));
      }),
      { numRuns: 60 },
    );
  });

  it('comes back from a snapshot as it was', () => {
    const index = filled(200, kate);
    index.tombstone(20);
    const bytes = Buffer.concat([...index.snapshot()]);
    const loaded = loadMatchIndex(bytes);
    expect(loaded.size).toBe(index.size);
    expect(search(loaded, kate)).toEqual(search(index, kate));
    expect(loaded.insert(kate)).toBe(index.insert(kate));
    expect(search(loaded, kate)).toEqual(search(index, kate));
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['noise', Uint8Array.from({ length: 64 }, (_, i) => i * 37)],
    ['half a snapshot', Buffer.concat([...filled(100).snapshot()]).subarray(0, 3000)],
  ])('refuses %s instead of a snapshot', (_, bytes) => expect(() => loadMatchIndex(bytes)).toThrow(RangeError));

  it('says so when a block was too large to read, and nothing is certain then', () => {
    const index = createMatchIndex();
    for (let i = 0; i < 300; i++)
      index.insert({
        names: [{ given: 'Maria', family: 'Garcia' }],
        birthDates: ['1980-01-01'],
        phones: ['(937) 234-0134'],
      });
    const { complete, candidates } = index.search(
      { names: [{ given: 'Maria', family: 'Garcia' }], birthDates: ['1980-01-01'] },
      { maxEntries: 100 },
    );
    expect(complete).toBe(false);
    expect(
      decide(
        candidates.slice(0, 1).map(({ row: id, probability }) => ({ id, probability })),
        complete,
      ).kind,
    ).toBe('review');
  });

  it('reads a block of any length when it may', () => {
    const index = createMatchIndex();
    for (let i = 0; i < 6000; i++)
      index.insert({ names: [{ given: `G${i}`, family: 'Q' }], phones: ['(937) 234-0134'] });
    const query: PatientRecord = { phones: ['(937) 234-0134'] };
    expect(index.search(query, { maxEntries: Infinity })).toMatchObject({ complete: true, compared: 6000 });
    expect(index.search(query, { maxEntries: 1000 })).toMatchObject({ complete: false, compared: 1000 });
  });

  it('refuses to link a junior to a senior of one date of birth, and asks a person', () => {
    const whitlock = (suffix: string): PatientRecord => ({
      ...kate,
      names: [{ given: 'Kate', family: 'Whitlock', suffix }],
    });
    const index = filled(300, whitlock('Sr'));
    const decisionOf = (suffix: string): object => {
      const { candidates, complete } = index.search(whitlock(suffix));
      return decide(
        candidates.map(({ row: id, probability, isVetoed }) => ({ id, probability, isVetoed })),
        complete,
      );
    };
    expect(decisionOf('')).toMatchObject({ kind: 'certain', id: 16 });
    expect(decisionOf('Sr')).toMatchObject({ kind: 'certain', id: 16 });
    expect(decisionOf('Jr')).toEqual({ kind: 'review', ids: [16], reason: 'veto' });
  });

  it('compares alike in either direction, whatever the two have had of names, addresses and suffixes', () => {
    const word = fc.constantFrom('ana', 'anna', 'maria', 'mary ann', 'garcia', 'garcia ruiz', 'ruiz', 'a', '');
    const name = fc.record({ given: word, middle: word, family: word, suffix: fc.constantFrom('', 'Jr', 'Sr', 'II') });
    const address = fc.record({
      street: fc.constantFrom('12 Elm Street', '14 Elm St', '9 Oak Road'),
      unit: fc.constantFrom('', '2', '3'),
      postalCode: fc.constantFrom('45402', '45420'),
    });
    const record = fc.record({
      names: fc.array(name, { minLength: 1, maxLength: 3 }),
      birthDates: fc.array(fc.constantFrom('1980-03-07', '1980-07-03', '1990-03-07', '1980'), { maxLength: 2 }),
      sex: fc.constantFrom('F', 'M', ''),
      addresses: fc.array(address, { maxLength: 2 }),
      phones: fc.array(fc.constantFrom('937 234 0134', '937 234 0135'), { maxLength: 2 }),
      identifiers: fc.array(fc.record({ system: fc.constantFrom('h1', 'h2'), value: fc.constantFrom('1', '2') }), {
        maxLength: 3,
      }),
    });
    fc.assert(
      fc.property(record, record, (one, other) => {
        const levelsOf = (stored: PatientRecord, asked: PatientRecord): string[] => {
          const index = createMatchIndex({ capacity: 16 });
          const [row] = [index.insert(stored), index.insert(asked)];
          const [found] = index.search(asked, { rows: [row] }).candidates;
          return found!.explanation.fields
            .filter(({ field }) => field !== 'rarity')
            .map(({ field, level }) => `${field}: ${level}`);
        };
        expect(levelsOf(one, other)).toEqual(levelsOf(other, one));
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a model for other fields', () => {
    const model = { ...defaultModel, fields: defaultModel.fields.slice(1) };
    expect(() => createMatchIndex({ model })).toThrow('other fields');
  });
});

describe('a young index of a large region', () => {
  /** One name, one birth date, one sex; all else differs. */
  const maria = (middle: string, street: string, postalCode: string, ssn: string): PatientRecord => ({
    names: [{ given: 'Maria', middle, family: 'Garcia' }],
    birthDates: ['1985-05-05'],
    sex: 'F',
    nationalIds: [ssn],
    addresses: [{ street, postalCode }],
  });
  const elena = maria('Elena', '64 Pleasant Street', '01852', '3141');
  const teresa = maria('Teresa', '1109 Union Avenue', '02909', '9265');
  const young = (population?: number): { readonly index: MatchIndex; readonly row: number } => {
    const index = createMatchIndex(population === undefined ? {} : { population });
    const row = index.insert(elena);
    for (const record of crowd(200)) if (record.names?.[0]?.family !== 'Garcia') index.insert(record);
    return { index, row };
  };
  const found = (population?: number): number => {
    const { index, row } = young(population);
    const { candidates } = index.search(teresa, { minProbability: 0 });
    return candidates.find((candidate) => candidate.row === row)?.probability ?? 0;
  };

  it('does not take a common name and a birthday for one person because it has met so few', () => {
    expect(found()).toBeGreaterThan(0.01);
    expect(found(1_000_000)).toBeLessThan(0.01);
  });

  it('compares with the rows asked for, however improbable', () => {
    const { index, row } = young(1_000_000);
    const { candidates } = index.search(teresa, { rows: [row, row + 1] });
    expect(candidates.map((candidate) => candidate.row)).toEqual([row, row + 1]);
  });

  it('still finds who agrees in more than that', () => {
    const { index, row } = young(1_000_000);
    const { names, birthDates, sex, addresses } = elena as Required<PatientRecord>;
    const [best] = index.search({ names, birthDates, sex, addresses }).candidates;
    expect(best).toMatchObject({ row });
    expect(best?.probability).toBeGreaterThan(0.99);
  });
});
