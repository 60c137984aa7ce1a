import { resolvePairs } from '../cluster/resolve-pairs.js';
import { type PatientRecord } from '../normalise/normalise-record.js';
import { blockFile, forEachCandidate } from '../train/candidate-pairs.js';
import { randomSource } from '../train/random-source.js';
import { type Training, trainModel } from '../train/train-model.js';
import { dropCrowdedContacts } from './crowded-contacts.js';
import { explainPair } from './explain-pair.js';
import { addRecord, allPairsOf, createRecordFile, pairFilter, type RecordFile, vetoOf } from './record-file.js';
import { createPairScorer, scoreCandidates, scoreCompared } from './score-file.js';

interface Person {
  readonly given: string;
  readonly family: string;
  readonly birthDate: string;
  readonly sex: string;
  readonly phone: string;
  readonly street: string;
  readonly postalCode: string;
}

const syllables = 'ka lo mi ren sta vel dor an ti ber gus har ley nor pe qua ris son tam win'.split(' ');

/** Households of one to four people, each person recorded one to four times with some errors; the truth is the person's number. */
function region(
  households: number,
  seed: number,
  keep: (person: Person) => PatientRecord,
): { records: PatientRecord[]; people: number[] } {
  const random = randomSource(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const digits = (count: number): string => Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
  const word = (parts: number): string => Array.from({ length: parts }, () => pick(syllables)).join('');
  const names = Array.from({ length: 150 }, () => word(2));
  const spoil = (text: string): string => {
    if (random() > 0.06 || text.length < 4) return text;
    const at = 1 + Math.floor(random() * (text.length - 2));
    return text.slice(0, at) + (text[at + 1] ?? '') + (text[at] ?? '') + text.slice(at + 2);
  };
  const records: PatientRecord[] = [];
  const people: number[] = [];
  let person = 0;
  for (let h = 0; h < households; h++) {
    const home = {
      family: word(3),
      phone: `3${digits(2)}4${digits(6)}`,
      street: `${1 + Math.floor(random() * 900)} ${word(2)} st`,
      postalCode: `4${digits(4)}`,
    };
    for (let m = 0; m < 1 + Math.floor(random() * 4); m++, person++) {
      const date = `${1930 + Math.floor(random() * 90)}-0${1 + Math.floor(random() * 9)}-${10 + Math.floor(random() * 18)}`;
      const who = { ...home, given: pick(names), birthDate: date, sex: random() < 0.5 ? 'F' : 'M' };
      for (let r = 0; r < 1 + Math.floor(random() * 4); r++) {
        records.push(
          keep({
            ...who,
            given: spoil(who.given),
            family: spoil(who.family),
            birthDate: spoil(who.birthDate),
            phone: random() < 0.2 ? '' : who.phone,
          }),
        );
        people.push(person);
      }
    }
  }
  return { records, people };
}

const whole = (p: Person): PatientRecord => ({
  names: [p],
  birthDates: [p.birthDate],
  sex: p.sex,
  phones: [p.phone],
  addresses: [p],
});

function link(
  records: readonly PatientRecord[],
  withoutHouseholds = false,
): {
  file: RecordFile;
  training: Training;
  f1: (people: readonly number[]) => number;
  clusterOf: Uint32Array;
} {
  const file = createRecordFile();
  for (const record of records) addRecord(file, record);
  dropCrowdedContacts(file.comparer.store);
  const blocks = blockFile(file.comparer.store);
  const training = trainModel(file.comparer, blocks, { version: 'test', randomPairs: 30_000, withoutHouseholds });
  const scorer = createPairScorer(file, training.model, training.shares);
  const pairs = scoreCandidates(file, blocks, scorer, new Uint32Array(file.comparer.store.size));
  const { a, b, probability, clusterOf } = resolvePairs(file.size, pairs, { isVetoed: vetoOf(file) });
  const f1 = (people: readonly number[]): number => {
    const counts = new Map<number, number>();
    for (const person of people) counts.set(person, (counts.get(person) ?? 0) + 1);
    const all = [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
    const given = [...a.keys()].filter((i) => probability[i]! >= 0.95);
    const right = given.filter((i) => people[a[i]!] === people[b[i]!]).length;
    return (2 * right) / (given.length + all);
  };
  return { file, training, f1, clusterOf };
}

describe('a file without labels', () => {
  it('that was learnt from whole is weighed without comparing its pairs again', () => {
    const file = createRecordFile();
    for (const record of region(95, 3, whole).records) addRecord(file, record);
    const blocks = blockFile(file.comparer.store);
    const { model, shares, compared } = trainModel(file.comparer, blocks, { version: 'test', randomPairs: 30_000 });
    if (compared === undefined) throw new Error('not every record was drawn');
    const scorer = createPairScorer(file, model, shares);
    const again = scoreCandidates(file, blocks, scorer, new Uint32Array(file.comparer.store.size));
    expect(again.count).toBeGreaterThan(300);
    expect(scoreCompared(file, compared, model, shares)).toEqual(again);
  });

  it('of which a part was drawn has its pairs still to be compared', () => {
    const file = createRecordFile();
    for (const record of region(95, 3, whole).records) addRecord(file, record);
    const blocks = blockFile(file.comparer.store);
    const training = trainModel(file.comparer, blocks, { version: 'test', randomPairs: 30_000, maxPairs: 500 });
    expect(training).not.toHaveProperty('compared');
  });

  it('of 500 records trains to F1 0.97 or more at probability 0.95', () => {
    const { records, people } = region(95, 3, whole);
    expect(records.length).toBeGreaterThan(400);
    expect(records.length).toBeLessThan(700);
    expect(link(records).f1(people)).toBeGreaterThanOrEqual(0.97);
  });

  /** With the classes of the household, which are learnt where there are any, and without them. */
  const both = (records: readonly PatientRecord[], people: readonly number[]): { with: number; without: number } => ({
    with: link(records).f1(people),
    without: link(records, true).f1(people),
  });

  it('without addresses and telephones loses nothing to the classes of the household', () => {
    const { records, people } = region(400, 5, ({ given, family, birthDate, sex }) => ({
      names: [{ given, family }],
      birthDates: [birthDate],
      sex,
    }));
    const f1 = both(records, people);
    expect(f1.with).toBeGreaterThanOrEqual(0.97);
    expect(f1.with).toBeGreaterThanOrEqual(f1.without - 0.002);
  });

  it('without households, but with addresses and telephones, loses nothing to them either', () => {
    const { records, people } = region(600, 9, whole);
    // Everybody lives alone: a family name, a house and a telephone of his own.
    const alone = records.map((record, i) => {
      const person = people[i]!;
      const [name] = record.names!;
      return {
        ...record,
        names: [{ given: name!.given, family: `${name!.family}${'bcdfghjkl'[person % 9]}${syllables[person % 20]}` }],
        addresses: [
          { street: `${1 + person} ${syllables[person % 19]} road`, postalCode: `5${String(person).padStart(4, '0')}` },
        ],
        phones: record.phones![0] === '' ? [] : [`614 4${String(person * 7).padStart(6, '0')}`],
      };
    });
    const f1 = both(alone, people);
    expect(f1.with).toBeGreaterThanOrEqual(0.97);
    expect(f1.with).toBeGreaterThanOrEqual(f1.without - 0.002);
  });

  it('with households gains much by their classes', () => {
    const { records, people } = region(300, 13, whole);
    const f1 = both(records, people);
    expect(f1.with).toBeGreaterThan(f1.without + 0.02);
  });

  it('gives the same model for the same records', () => {
    const { records } = region(60, 4, whole);
    expect(link(records).training.model).toEqual(link(records).training.model);
  });
});

describe('people who are easily taken for one another', () => {
  const { records } = region(300, 11, whole);
  const home = { street: '12 Elm Street', city: 'Dayton', postalCode: '45402' };
  const phones = ['937 234 0134'];
  const cast: Record<string, PatientRecord> = {
    father: {
      names: [{ given: 'Brandon', family: 'Whitlock', suffix: 'Sr' }],
      birthDates: ['1951-02-11'],
      sex: 'M',
      addresses: [home],
      phones,
    },
    son: {
      names: [{ given: 'Brandon', family: 'Whitlock', suffix: 'Jr' }],
      birthDates: ['1979-08-23'],
      sex: 'M',
      addresses: [home],
      phones,
    },
    'son, abroad': { names: [{ given: 'Brandon', family: 'Whitlock' }], birthDates: ['1979-08-23'], sex: 'M' },
    'one twin': {
      names: [{ given: 'Amelia', family: 'Whitlock' }],
      birthDates: ['2015-05-05'],
      sex: 'F',
      addresses: [home],
      phones,
    },
    'other twin': {
      names: [{ given: 'Beatrix', family: 'Whitlock' }],
      birthDates: ['2015-05-05'],
      sex: 'F',
      addresses: [home],
      phones,
    },
    'one twin, misspelt': {
      names: [{ given: 'Ameila', family: 'Whitlock' }],
      birthDates: ['2015-05-05'],
      sex: 'F',
      addresses: [home],
      phones,
    },
    'newborn A': {
      names: [{ given: 'Baby Girl A', family: 'Whitlock' }],
      birthDates: ['2024-03-03'],
      sex: 'F',
      addresses: [home],
      phones,
    },
    'newborn B': {
      names: [{ given: 'Baby Girl B', family: 'Whitlock' }],
      birthDates: ['2024-03-03'],
      sex: 'F',
      addresses: [home],
      phones,
    },
    'newborn, later named': {
      names: [{ given: 'Clara', family: 'Whitlock' }],
      birthDates: ['2024-03-03'],
      sex: 'F',
      addresses: [home],
      phones,
    },
    'newborn, no letter': {
      names: [{ given: 'Baby Girl', family: 'Whitlock' }],
      birthDates: ['2024-03-03'],
      sex: 'F',
      addresses: [home],
      phones,
    },
    mother: {
      names: [{ given: 'Miriam', family: 'Whitlock' }],
      birthDates: ['1981-12-30'],
      sex: 'F',
      addresses: [home],
      phones,
    },
  };
  const labels = Object.keys(cast);
  const { file, training } = link([...records, ...Object.values(cast)]);
  const probabilityOf = (one: string, other: string): number =>
    explainPair(file, training.model, records.length + labels.indexOf(one), records.length + labels.indexOf(other))
      .probability;

  it.each([
    ['father', 'son'],
    ['one twin', 'other twin'],
    ['other twin', 'one twin, misspelt'],
    ['newborn A', 'newborn B'],
    ['mother', 'one twin'],
    ['mother', 'newborn, no letter'],
    ['mother', 'father'],
  ])('%s and %s are two', (one, other) => expect(probabilityOf(one, other)).toBeLessThan(0.2));

  it.each([
    ['son', 'son, abroad'],
    ['one twin', 'one twin, misspelt'],
    ['newborn, no letter', 'newborn, later named'],
  ])('%s and %s are one', (one, other) => expect(probabilityOf(one, other)).toBeGreaterThan(0.9));

  it('does not care in which order two records are compared', () => {
    for (const one of labels)
      for (const other of labels)
        if (one !== other) expect(probabilityOf(one, other)).toBeCloseTo(probabilityOf(other, one), 2);
  });
});

describe('suffixes that contradict each other', () => {
  const { records } = region(150, 17, whole);
  /** One name, one house, one date of birth: nothing but the suffix tells them apart. */
  const brandon = (suffix: string, more: Partial<PatientRecord> = {}): PatientRecord => ({
    names: [{ given: 'Brandon', family: 'Whitlock', suffix }],
    birthDates: ['1979-08-23'],
    sex: 'M',
    addresses: [{ street: '12 Elm Street', city: 'Dayton', postalCode: '45402' }],
    phones: ['937 234 0134'],
    ...more,
  });
  const clustersOf = (...cast: PatientRecord[]): readonly number[] =>
    [...link([...records, ...cast]).clusterOf].slice(-cast.length).map((cluster) => cluster - records.length);

  it.each([
    ['none', '', '', [0, 0]],
    ['on one side', 'Jr', '', [0, 0]],
    ['of one meaning', 'Jr', 'II', [0, 0]],
    ['Jr and Sr', 'Jr', 'Sr', [0, 1]],
    ['II and III', 'II', 'III', [0, 1]],
  ])('%s', (_, one, other, expected) => expect(clustersOf(brandon(one), brandon(other))).toEqual(expected));

  it('are not bridged by records that have none', () => {
    const [father, son] = clustersOf(brandon('Sr'), brandon('Jr'), brandon(''), brandon(''));
    expect(father).not.toBe(son);
  });

  it('are those ever stated: an earlier name without one takes nothing back', () => {
    const married = brandon('Jr', {
      names: [
        { given: 'Brandon', family: 'Whitlock', suffix: 'Jr' },
        { given: 'Brandon', family: 'Whitlock' },
      ],
    });
    const [father, son] = clustersOf(brandon('Sr'), married);
    expect(father).not.toBe(son);
  });
});

describe('two files', () => {
  it('are compared only across', () => {
    const file = createRecordFile();
    for (const side of [0, 0, 1] as const) addRecord(file, { names: [{ given: 'Ann', family: 'Lee' }] }, side);
    expect(allPairsOf(file)).toBe(2);
    const isPairWanted = pairFilter(file);
    const [a, b, c] = file.rows;
    expect([isPairWanted(a!, b!), isPairWanted(a!, c!)]).toEqual([false, true]);
  });
});

describe('a block that is too large', () => {
  const shelter = (count: number): RecordFile => {
    const file = createRecordFile();
    for (let i = 0; i < count; i++)
      addRecord(file, { names: [{ given: `G${i % 300}`, family: `F${i}` }], phones: ['937 234 0134'] });
    return file;
  };

  it('is split by a second value instead of dropped', () => {
    const { comparer, rows } = shelter(600);
    const blocks = blockFile(comparer.store);
    expect(blocks.report.find(({ rule }) => rule === 'phone')).toMatchObject({
      blocksSplit: 1,
      blocksLeftOut: 0,
      pairs: 300,
    });
    const met: number[] = [];
    const byPhone = { ...blocks, rules: blocks.rules.filter((_, i) => blocks.report[i]!.rule === 'phone') };
    forEachCandidate(byPhone, rows[7]!, new Uint32Array(comparer.store.size), (row) => met.push(row));
    expect(met).toEqual([rows[307]]);
  });

  it('is whole up to the limit', () => {
    const { report } = blockFile(shelter(400).comparer.store);
    expect(report.find(({ rule }) => rule === 'phone')).toMatchObject({ blocksSplit: 0, pairs: (400 * 399) / 2 });
  });
});

it('empties the telephone of an institution', () => {
  const file = createRecordFile();
  for (let i = 0; i < 40; i++)
    addRecord(file, {
      names: [{ given: 'Ann', family: `Family${'abcdefghijklmnopqrstuvwxyz'[i % 26]}${i}` }],
      birthDates: [`19${10 + i}-01-02`],
      phones: ['937 234 0134'],
    });
  addRecord(file, { names: [{ given: 'Bo', family: 'Lee' }], phones: ['614 234 9871'] });
  expect(dropCrowdedContacts(file.comparer.store).phones).toBe(40);
});
